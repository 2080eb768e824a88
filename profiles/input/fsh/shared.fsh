// What all definitions have in common.

Alias: $loinc = http://loinc.org
Alias: $sct = http://snomed.info/sct
Alias: $ucum = http://unitsofmeasure.org
Alias: $atc = http://www.whocc.no/atc
Alias: $who = http://smart.who.int/hiv/CodeSystem/HIVConcepts
Alias: $eth = http://moh.gov.et/fhir/hiv/CodeSystem/arv-treatment-code-system
Alias: $ken = urn:kenya:nascop:regimen
Alias: $icd10 = http://hl7.org/fhir/sid/icd-10
Alias: $v2-0203 = http://terminology.hl7.org/CodeSystem/v2-0203
Alias: $reason = http://terminology.hl7.org/CodeSystem/v3-ActReason
Alias: $act = http://terminology.hl7.org/CodeSystem/v3-ActCode
Alias: $confidentiality = http://terminology.hl7.org/CodeSystem/v3-Confidentiality
Alias: $participation = http://terminology.hl7.org/CodeSystem/v3-ParticipationType
Alias: $interpretation = http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation
Alias: $category = http://terminology.hl7.org/CodeSystem/observation-category
Alias: $absent = http://terminology.hl7.org/CodeSystem/data-absent-reason
Alias: $scope = http://terminology.hl7.org/CodeSystem/consentscope
Alias: $entity-type = http://terminology.hl7.org/CodeSystem/audit-entity-type
Alias: $entity-role = http://terminology.hl7.org/CodeSystem/object-role
Alias: $event-type = http://terminology.hl7.org/CodeSystem/audit-event-type
Alias: $interaction = http://hl7.org/fhir/restful-interaction
Alias: $dcm = http://dicom.nema.org/resources/ontology/DCM
Alias: $agent-kind = http://terminology.hl7.org/CodeSystem/provenance-participant-type

RuleSet: Published
* ^status = #active
* ^experimental = false
* ^date = "2026-11-22"
* ^publisher = "Corridor"

RuleSet: PublishedInstance
* status = #active
* experimental = false
* date = "2026-11-22"
* publisher = "Corridor"
* version = "0.1.0"

RuleSet: LoincNotice
* ^copyright = "This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief Institute, Inc. and the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under the license at http://loinc.org/license. LOINC is a registered United States trademark of Regenstrief Institute, Inc."

RuleSet: SnomedNotice
* ^copyright = "This value set includes content from SNOMED CT, which is copyright of SNOMED International; whoever uses it needs the licence of their country."

RuleSet: AtcNotice
* ^copyright = "ATC codes: WHO Collaborating Centre for Drug Statistics Methodology, Oslo; for non-commercial use."
