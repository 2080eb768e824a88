// Code systems of our own; everything else is coded as others published it.

CodeSystem: Category
Id: category
Title: "Categories of consent"
Description: "What a record is about, in the words that a person can consent to. Used as security labels."
* insert Published
* ^caseSensitive = true
* ^content = #complete
* #match "Being searched for" "That the person may be searched for in other countries."
* #demographics "Year of birth and sex" "What crosses a border of the person's own description."
* #regimen "Antiretroviral treatment" "Drugs and regimens, with their dates and reasons."
* #viral-load "Viral load" "HIV RNA, as a number or as detected or not."
* #cd4 "CD4 cells" "CD4 counts, percentages and ratios."
* #resistance "Resistance" "Genotypes, mutations and what follows from them."
* #laboratory "Other laboratory results" "Creatinine, liver, hepatitis B and others."
* #tuberculosis "Tuberculosis" "Tests, treatment and prevention."
* #condition "Conditions" "Diagnoses, stages and pregnancy."
* #allergy "Allergies and intolerances" "Reactions to drugs and others."
* #immunization "Immunisations" "Vaccines given."
* #other "Other records" "Weight, height and everything that has no category of its own."

CodeSystem: ForbiddenPurpose
Id: purpose
Title: "Purposes that HL7 has no code for"
Description: "Purposes for which nobody is ever given anything, whatever a consent says; named so that a refusal can say what it refused."
* insert Published
* ^caseSensitive = true
* ^content = #complete
* #IMMIG "Immigration control" "Deciding on entry, stay or status of a person."
* #LAWENFORCE "Law enforcement" "Searching, identifying or prosecuting a person."
* #DEPORT "Deportation" "Removing a person from a country."
* #INSURE "Insurance" "Deciding on the insurance of a person."
* #EMPLOY "Employment" "Deciding on the employment of a person."
