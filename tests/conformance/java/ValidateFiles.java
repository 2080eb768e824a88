import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * Validates resources by HL7's validator, as HAPI carries it, against R4 and our definitions, without a network.
 *
 * <p>Usage: ValidateFiles FOLDER_OF_DEFINITIONS FILE... One line for each complaint: file, place and text, with tabs
 * between them; "done" and the number of files at the end.
 */
public final class ValidateFiles {
  private ValidateFiles() {}

  public static void main(String[] words) throws Exception {
    FhirContext context = FhirContext.forR4();
    FhirValidator validator = context.newValidator();
    FhirInstanceValidator instances = new FhirInstanceValidator(support(context, Path.of(words[0])));
    instances.setAnyExtensionsAllowed(true);
    instances.setErrorForUnknownProfiles(false);
    instances.setNoTerminologyChecks(false);
    validator.registerValidatorModule(instances);
    for (int place = 1; place < words.length; place++) {
      Path file = Path.of(words[place]);
      for (SingleValidationMessage each : validator.validateWithResult(Files.readString(file)).getMessages()) {
        if (each.getSeverity().compareTo(ResultSeverityEnum.ERROR) >= 0) {
          System.out.println(String.join("\t", file.toString(), each.getLocationString(), flat(each.getMessage())));
        }
      }
    }
    System.out.println("done\t" + (words.length - 1));
  }

  private static IValidationSupport support(FhirContext context, Path folder) throws Exception {
    PrePopulatedValidationSupport own = new PrePopulatedValidationSupport(context);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".json")).sorted().toList()) {
        IBaseResource definition = context.newJsonParser().parseResource(Files.readString(file));
        own.addResource(definition);
      }
    }
    return new ValidationSupportChain(
        own,
        new DefaultProfileValidationSupport(context),
        new CommonCodeSystemsTerminologyService(context),
        new InMemoryTerminologyServerValidationSupport(context),
        new SnapshotGeneratingValidationSupport(context));
  }

  private static String flat(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
