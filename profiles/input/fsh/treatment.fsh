// Antiretroviral treatment.

Profile: MedicationStatementArv
Parent: MedicationStatement
Id: medication-statement-arv
Title: "Corridor antiretroviral treatment"
Description: "One drug, one combination or one regimen and the time it was taken. ATC, WHO SMART HIV and a programme's own code stand side by side and mean the same; a country that writes only its own code is understood, too."
* insert Published
* status MS
* medication[x] only CodeableConcept
* medicationCodeableConcept MS
* medicationCodeableConcept.coding 1..*
* medicationCodeableConcept.coding.system 1..1
* medicationCodeableConcept.coding.code 1..1
* medicationCodeableConcept.coding ^slicing.discriminator.type = #value
* medicationCodeableConcept.coding ^slicing.discriminator.path = "system"
* medicationCodeableConcept.coding ^slicing.rules = #open
* medicationCodeableConcept.coding contains atc 0..* MS and who 0..1 MS
* medicationCodeableConcept.coding[atc].system = "http://www.whocc.no/atc" (exactly)
* medicationCodeableConcept.coding[atc] from AntiretroviralAtc (required)
* medicationCodeableConcept.coding[who].system = "http://smart.who.int/hiv/CodeSystem/HIVConcepts" (exactly)
* medicationCodeableConcept.coding[who] from WhoRegimens (required)
* subject only Reference(Patient)
* subject MS
* effective[x] 1..1 MS
* reasonCode MS
* statusReason MS
* dosage MS
