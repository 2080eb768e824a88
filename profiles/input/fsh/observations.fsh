// Results that a course of treatment is judged by.

RuleSet: Result(codes)
* insert Published
* status MS
* category MS
* code MS
* code.coding 1..*
* code.coding ^slicing.discriminator.type = #value
* code.coding ^slicing.discriminator.path = "system"
* code.coding ^slicing.rules = #open
* code.coding contains loinc 1..* MS
* code.coding[loinc].system 1..1
* code.coding[loinc].system = "http://loinc.org" (exactly)
* code.coding[loinc].code 1..1
* code.coding[loinc] from {codes} (required)
* subject 1..1 MS
* subject only Reference(Patient)
* effective[x] 1..1 MS
* effective[x] only dateTime or Period
* obeys cor-obs-1

RuleSet: Measured(units)
* valueQuantity.value 1..1
* valueQuantity.system 1..1
* valueQuantity.system = "http://unitsofmeasure.org" (exactly)
* valueQuantity.code 1..1
* valueQuantity from {units} (required)

RuleSet: Laboratory
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category 1..*
* category contains laboratory 1..1
* category[laboratory] = $category#laboratory

Invariant: cor-obs-1
Description: "A result says what was found, or why nothing was."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists() or component.exists() or hasMember.exists()"

Profile: ObservationViralLoad
Parent: Observation
Id: observation-viral-load
Title: "Corridor viral load"
Description: "HIV RNA: a number with its unit and, below or above the limit of the method, its comparator; or the words detected and not detected."
* insert Result(ViralLoadTests)
* insert Laboratory
* value[x] only Quantity or CodeableConcept
* insert Measured(ViralLoadUnits)
* valueCodeableConcept from Detection (extensible)

Profile: ObservationCd4
Parent: Observation
Id: observation-cd4
Title: "Corridor CD4"
Description: "CD4 cells as a count or as a percentage of lymphocytes; the unit tells which."
* insert Result(Cd4Tests)
* insert Laboratory
* value[x] only Quantity
* insert Measured(Cd4Units)

Profile: ObservationResistance
Parent: Observation
Id: observation-resistance
Title: "Corridor HIV resistance"
Description: "A genotype: the mutations of one or several genes as written, and for each drug what they mean. A gene that was not sequenced is left out, never called susceptible."
* insert Result(ResistanceTests)
* insert Laboratory
* value[x] only CodeableConcept or string
* component MS
* component.value[x] only CodeableConcept or string or Quantity
* component.interpretation from SusceptibilityLevels (extensible)

Profile: ObservationHivStage
Parent: Observation
Id: observation-hiv-stage
Title: "Corridor HIV clinical stage"
Description: "The clinical stage after WHO."
* insert Result(HivStageCodes)
* value[x] only CodeableConcept
* valueCodeableConcept from HivStages (required)

Profile: ObservationTuberculosis
Parent: Observation
Id: observation-tuberculosis
Title: "Corridor tuberculosis"
Description: "A test for tuberculosis or for resistance to rifampicin, or the person's tuberculosis status."
* insert Result(TuberculosisTests)
* value[x] only CodeableConcept or string
* valueCodeableConcept from Detection (preferred)

Profile: ObservationPregnancy
Parent: Observation
Id: observation-pregnancy
Title: "Corridor pregnancy"
Description: "Whether the person is pregnant, as a status or as a test."
* insert Result(PregnancyCodes)
* value[x] only CodeableConcept
* valueCodeableConcept from PregnancyStatus (preferred)

Profile: ObservationWeight
Parent: Observation
Id: observation-weight
Title: "Corridor body weight"
Description: "Body weight, by which children's doses are reckoned."
* insert Result(WeightCodes)
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category 1..*
* category contains vital 1..1
* category[vital] = $category#vital-signs
* value[x] only Quantity
* insert Measured(WeightUnits)

Profile: ObservationCreatinine
Parent: Observation
Id: observation-creatinine
Title: "Corridor creatinine"
Description: "Creatinine in blood, before and during tenofovir."
* insert Result(CreatinineTests)
* insert Laboratory
* value[x] only Quantity
* insert Measured(CreatinineUnits)

Profile: ObservationHbsag
Parent: Observation
Id: observation-hbsag
Title: "Corridor hepatitis B surface antigen"
Description: "Whether hepatitis B must be treated along with HIV."
* insert Result(HepatitisBSurfaceAntigenTests)
* insert Laboratory
* value[x] only CodeableConcept
* valueCodeableConcept from Detection (extensible)
