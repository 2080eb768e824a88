// One invented person's records: a valid example of each profile.

RuleSet: PeruIssued(slice)
* identifier[{slice}].assigner.identifier.system = "urn:iso:std:iso:3166"
* identifier[{slice}].assigner.identifier.value = "PE"

RuleSet: OfMarisol
* subject = Reference(example-patient-national)

RuleSet: LaboratoryResult(code, on)
* insert OfMarisol
* status = #final
* category[laboratory] = $category#laboratory
* code.coding[loinc] = $loinc#{code}
* effectiveDateTime = "{on}"

Instance: example-patient-national
InstanceOf: PatientNational
Usage: #example
Title: "A person at home"
Description: "An invented person in Lima with a Venezuelan passport and a Peruvian residence card."
* identifier[passport].type = $v2-0203#PPN
* identifier[passport].value = "151234567"
* identifier[passport].assigner.identifier.system = "urn:iso:std:iso:3166"
* identifier[passport].assigner.identifier.value = "VE"
* identifier[residence].type = $v2-0203#PRC
* identifier[residence].value = "001234567"
* insert PeruIssued(residence)
* name.use = #official
* name.family = "Quispe Rondón"
* name.given[0] = "Marisol"
* gender = #female
* birthDate = "1988-04-17"

Instance: example-patient-exchange
InstanceOf: PatientExchange
Usage: #example
Title: "The same person abroad"
Description: "What another country sees."
* gender = #female
* birthDate = "1988"

Instance: example-medication-statement-arv
InstanceOf: MedicationStatementArv
Usage: #example
Title: "Tenofovir, lamivudine and dolutegravir"
Description: "A regimen in three code systems at once: ATC, WHO SMART HIV and the programme's own."
* insert OfMarisol
* status = #active
* medicationCodeableConcept.coding[atc] = $atc#J05AR27 "lamivudine, tenofovir disoproxil and dolutegravir"
* medicationCodeableConcept.coding[who] = $who#HIV.D.DE109 "TDF + 3TC + DTG"
* medicationCodeableConcept.coding[2].system = "https://programa.example/regimenes"
* medicationCodeableConcept.coding[2].code = #TLD
* medicationCodeableConcept.text = "TLD"
* effectivePeriod.start = "2023-01-09"
* reasonCode = $icd10#B24
* dosage.text = "1 tableta cada 24 horas"

Instance: example-observation-viral-load
InstanceOf: ObservationViralLoad
Usage: #example
Title: "A viral load below the limit of the method"
Description: "The comparator says that 20 is a limit and not a count."
* insert LaboratoryResult(20447-9, 2024-03-02)
* valueQuantity.comparator = #<
* valueQuantity.value = 20
* valueQuantity.unit = "copies/mL"
* valueQuantity.system = "http://unitsofmeasure.org"
* valueQuantity.code = #{copies}/mL

Instance: example-observation-viral-load-undetected
InstanceOf: ObservationViralLoad
Usage: #example
Title: "A viral load that found nothing"
Description: "No number: target not detected."
* insert LaboratoryResult(20447-9, 2024-09-10)
* valueCodeableConcept = $sct#260415000 "Not detected"

Instance: example-observation-cd4
InstanceOf: ObservationCd4
Usage: #example
Title: "A CD4 count"
Description: "Cells per microlitre."
* insert LaboratoryResult(24467-3, 2024-03-02)
* valueQuantity.value = 412
* valueQuantity.unit = "cells/uL"
* valueQuantity.system = "http://unitsofmeasure.org"
* valueQuantity.code = #{cells}/uL

Instance: example-observation-resistance
InstanceOf: ObservationResistance
Usage: #example
Title: "A genotype of reverse transcriptase"
Description: "Two mutations, and what they mean for two drugs."
* insert LaboratoryResult(30554-0, 2022-11-20)
* valueString = "K103N M184V"
* component[0].code = $atc#J05AG03 "efavirenz"
* component[0].valueString = "K103N"
* component[0].interpretation = $interpretation#R "Resistant"
* component[1].code = $atc#J05AF05 "lamivudine"
* component[1].valueString = "M184V"
* component[1].interpretation = $interpretation#R "Resistant"

Instance: example-observation-hiv-stage
InstanceOf: ObservationHivStage
Usage: #example
Title: "A clinical stage"
Description: "Stage 1."
* insert OfMarisol
* status = #final
* code.coding[loinc] = $loinc#45233-4
* effectiveDateTime = "2023-01-09"
* valueCodeableConcept = $who#HIV.D.DE187 "WHO HIV clinical stage 1"

Instance: example-observation-tuberculosis
InstanceOf: ObservationTuberculosis
Usage: #example
Title: "A sputum test for tuberculosis"
Description: "Nothing was detected."
* insert OfMarisol
* status = #final
* category = $category#laboratory
* code.coding[loinc] = $loinc#88874-3
* effectiveDateTime = "2024-03-02"
* valueCodeableConcept = $sct#260415000 "Not detected"

Instance: example-observation-pregnancy
InstanceOf: ObservationPregnancy
Usage: #example
Title: "A pregnancy status"
Description: "Not pregnant."
* insert OfMarisol
* status = #final
* code.coding[loinc] = $loinc#82810-3
* effectiveDateTime = "2024-03-02"
* valueCodeableConcept = $loinc#LA26683-5 "Not pregnant"

Instance: example-observation-weight
InstanceOf: ObservationWeight
Usage: #example
Title: "A body weight"
Description: "In kilograms, with the decimals that the scale showed."
* insert OfMarisol
* status = #final
* category[vital] = $category#vital-signs
* code.coding[loinc] = $loinc#29463-7
* effectiveDateTime = "2024-03-02"
* valueQuantity.value = 61.5
* valueQuantity.unit = "kg"
* valueQuantity.system = "http://unitsofmeasure.org"
* valueQuantity.code = #kg

Instance: example-observation-creatinine
InstanceOf: ObservationCreatinine
Usage: #example
Title: "Creatinine"
Description: "By mass."
* insert LaboratoryResult(2160-0, 2024-03-02)
* valueQuantity.value = 0.81
* valueQuantity.unit = "mg/dL"
* valueQuantity.system = "http://unitsofmeasure.org"
* valueQuantity.code = #mg/dL

Instance: example-observation-hbsag
InstanceOf: ObservationHbsag
Usage: #example
Title: "Hepatitis B surface antigen"
Description: "Negative."
* insert LaboratoryResult(5196-1, 2023-01-09)
* valueCodeableConcept = $sct#260385009 "Negative"

Instance: example-consent-exchange
InstanceOf: ConsentExchange
Usage: #example
Title: "Consent to be treated with what Colombia and Venezuela know"
Description: "Everything is denied but this: Peru may ask two countries for treatment and viral loads, to treat."
* status = #active
* scope = $scope#patient-privacy
* category = $loinc#59284-0
* patient = Reference(example-patient-national)
* dateTime = "2024-02-01T12:00:00Z"
* performer = Reference(example-patient-national)
* organization.type = "Organization"
* organization.identifier.system = "urn:iso:std:iso:3166"
* organization.identifier.value = "PE"
* sourceAttachment.title = "Corridor consent form"
* policy.uri = "https://corridor.example/fhir/Policy/federation"
* provision.type = #deny
* provision.provision[0].type = #permit
* provision.provision[0].extension[holder][0].valueCode = #CO
* provision.provision[0].extension[holder][1].valueCode = #VE
* provision.provision[0].period.start = "2024-02-01T12:00:00Z"
* provision.provision[0].period.end = "2026-02-01T12:00:00Z"
* provision.provision[0].actor.role = $participation#IRCP
* provision.provision[0].actor.reference.type = "Organization"
* provision.provision[0].actor.reference.identifier.system = "urn:iso:std:iso:3166"
* provision.provision[0].actor.reference.identifier.value = "PE"
* provision.provision[0].securityLabel[0] = Category#match
* provision.provision[0].securityLabel[1] = Category#regimen
* provision.provision[0].securityLabel[2] = Category#viral-load
* provision.provision[0].purpose = $reason#TREAT
* provision.provision[1].type = #deny
* provision.provision[1].purpose = ForbiddenPurpose#IMMIG

Instance: example-audit-event
InstanceOf: AuditEventExchange
Usage: #example
Title: "A record that was read"
Description: "A doctor read one result at home."
* type = $event-type#rest
* subtype = $interaction#read
* action = #R
* recorded = "2024-03-02T15:04:05.123456Z"
* outcome = #0
* agent[0].type = $dcm#110152 "Destination Role ID"
* agent[0].who.display = "client of the national base"
* agent[0].requestor = false
* agent[0].network.address = "not-kept"
* agent[0].network.type = #1
* agent[1].type = $dcm#110153 "Source Role ID"
* agent[1].who.type = "Organization"
* agent[1].who.identifier.system = "urn:iso:std:iso:3166"
* agent[1].who.identifier.value = "PE"
* agent[1].requestor = false
* agent[1].network.address = "urn:iso:std:iso:3166:PE"
* agent[1].network.type = #5
* agent[2].type = $participation#IRCP
* agent[2].who.identifier.system = "https://corridor.example/fhir/NamingSystem/agent"
* agent[2].who.identifier.value = "9f86d081884c7d659a2feaa0c55ad015"
* agent[2].role.text = "clinician"
* agent[2].requestor = true
* source.site = "PE"
* source.observer.type = "Organization"
* source.observer.identifier.system = "urn:iso:std:iso:3166"
* source.observer.identifier.value = "PE"
* entity[0].what = Reference(example-observation-cd4)
* entity[0].type = $entity-type#2
* entity[0].role = $entity-role#4
* entity[patient].what = Reference(example-patient-national)
* entity[patient].type = $entity-type#1
* entity[patient].role = $entity-role#1
* entity[trace].what.identifier.value = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
* entity[trace].type = $entity-type#4
* entity[trace].role = $entity-role#21

Instance: example-provenance
InstanceOf: ProvenanceExchange
Usage: #example
Title: "What Colombia stands behind"
Description: "A result that came from Colombia."
* target = Reference(example-observation-viral-load)
* recorded = "2024-03-02T15:04:05.123456Z"
* agent.type = $agent-kind#author
* agent.who.type = "Organization"
* agent.who.identifier.system = "urn:iso:std:iso:3166"
* agent.who.identifier.value = "CO"
* entity.role = #source
* entity.what.identifier.value = "https://corridor.example/country/CO"
