// Patients: whole at home, without a name abroad.

Profile: PatientNational
Parent: Patient
Id: patient-national
Title: "Corridor Patient, national"
Description: "A person as their own country's programme writes them down. Each identity paper says of which kind it is and which country issued it: a number alone, or a system alone, tells neither."
* insert Published
* identifier 1..* MS
* identifier.value 1..1 MS
* identifier ^slicing.discriminator.type = #pattern
* identifier ^slicing.discriminator.path = "type"
* identifier ^slicing.rules = #open
* identifier contains national 0..* MS and passport 0..* MS and residence 0..* MS
* insert Paper(national, NI)
* insert Paper(passport, PPN)
* insert Paper(residence, PRC)
* name 1..* MS
* name obeys cor-pat-1
* gender MS
* birthDate MS

RuleSet: Paper(slice, code)
* identifier[{slice}].type 1..1
* identifier[{slice}].type = $v2-0203#{code}
* identifier[{slice}].assigner 1..1
* identifier[{slice}].assigner.identifier 1..1
* identifier[{slice}].assigner.identifier.system 1..1
* identifier[{slice}].assigner.identifier.system = "urn:iso:std:iso:3166" (exactly)
* identifier[{slice}].assigner.identifier.value 1..1

Invariant: cor-pat-1
Description: "A name has a family name, a given name or a text."
Severity: #error
Expression: "family.exists() or given.exists() or text.exists()"

Profile: PatientExchange
Parent: Patient
Id: patient-exchange
Title: "Corridor Patient, exchange"
Description: "A person as another country sees them: a year of birth and a sex. Nothing that names, numbers, places or pictures anybody."
* insert Published
* text 0..0
* contained 0..0
* identifier 0..0
* name 0..0
* telecom 0..0
* address 0..0
* maritalStatus 0..0
* multipleBirth[x] 0..0
* photo 0..0
* contact 0..0
* communication 0..0
* generalPractitioner 0..0
* managingOrganization 0..0
* link 0..0
* deceased[x] only boolean
* birthDate obeys cor-pat-2

Invariant: cor-pat-2
Description: "A date of birth crosses a border as its year."
Severity: #error
Expression: "$this.toString().length() = 4"
