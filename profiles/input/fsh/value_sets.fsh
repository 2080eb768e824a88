// Value sets of other publishers' codes, besides drugs (antiretrovirals.fsh) and tests (laboratory.fsh).

ValueSet: AntiretroviralAtc
Id: antiretroviral-atc
Title: "Antiretroviral substances and combinations (ATC)"
Description: "Every ATC code of a substance or of a combination against HIV."
* insert Published
* insert AtcNotice
* include codes from valueset AntiretroviralDrugs
* include codes from valueset AntiretroviralCombinations

ValueSet: HivConditions
Id: hiv-conditions
Title: "HIV infection"
Description: "Codes that say that a person lives with HIV."
* insert Published
* insert SnomedNotice
* $icd10#B20 "HIV disease resulting in infectious and parasitic diseases"
* $icd10#B21 "HIV disease resulting in malignant neoplasms"
* $icd10#B22 "HIV disease resulting in other specified diseases"
* $icd10#B23 "HIV disease resulting in other conditions"
* $icd10#B24 "Unspecified HIV disease"
* $icd10#Z21 "Asymptomatic HIV infection status"
* $icd10#O98.7 "HIV disease complicating pregnancy, childbirth and the puerperium"
* $sct#86406008 "Human immunodeficiency virus infection"
* $sct#165816005 "Human immunodeficiency virus positive"

ValueSet: SensitivityLabels
Id: sensitivity-labels
Title: "Labels of sensitive records"
Description: "How sensitive a record is, why, and what its recipient may not do."
* insert Published
* $confidentiality#N "normal"
* $confidentiality#R "restricted"
* $confidentiality#V "very restricted"
* $act#HIV "HIV/AIDS information sensitivity"
* $act#STD "sexually transmitted disease information sensitivity"
* $act#SEX "sexuality and reproductive health information sensitivity"
* $act#NORDSCLCD "no redisclosure without consent directive"
* $act#NOREUSE "no reuse beyond purpose of use"
* $act#PSEUD "pseudonymize"
* $act#DELAU "delete after use"
* include codes from system Category

ValueSet: PermittedPurposes
Id: permitted-purposes
Title: "Purposes of use that the federation knows"
Description: "What a question may be asked for; histories cross borders for treatment and emergency treatment only."
* insert Published
* $reason#TREAT "treatment"
* $reason#ETREAT "Emergency Treatment"
* $reason#BTG "break the glass"
* $reason#PUBHLTH "public health"
* $reason#PATRQT "patient requested"

ValueSet: ForbiddenPurposes
Id: forbidden-purposes
Title: "Purposes of use that are always denied"
Description: "No consent can permit these."
* insert Published
* $reason#HLEGAL "legal"
* $reason#GOV "government"
* $reason#MILCDM "military command"
* $reason#MILDCRG "military discharge"
* $reason#FRAUD "fraud"
* $reason#HPAYMT "healthcare payment"
* $reason#CLMATTCH "claim attachment"
* $reason#COVAUTH "coverage authorization"
* $reason#COVERAGE "coverage under policy or program"
* $reason#ELIGDTRM "eligibility determination"
* $reason#ELIGVER "eligibility verification"
* $reason#ENROLLM "enrollment"
* $reason#MEMADMIN "membership administration"
* $reason#REMITADV "remittance advice"
* include codes from system ForbiddenPurpose

ValueSet: PurposesOfUse
Id: purposes-of-use
Title: "Purposes of use"
Description: "Purposes that a provision can name: to permit, or to deny."
* insert Published
* include codes from valueset PermittedPurposes
* include codes from valueset ForbiddenPurposes

ValueSet: ViralLoadUnits
Id: viral-load-units
Title: "Units of viral loads"
Description: "UCUM units in which HIV RNA is counted."
* insert Published
* $ucum#{copies}/mL "copies/mL"
* $ucum#[copies]/mL "copies/mL"
* $ucum#[IU]/mL "IU/mL"
* $ucum#{Log_copies}/mL "log10 copies/mL"
* $ucum#{log_copies}/mL "log10 copies/mL"

ValueSet: Cd4Units
Id: cd4-units
Title: "Units of CD4 cells"
Description: "UCUM units of counts and percentages."
* insert Published
* $ucum#{cells}/uL "cells/uL"
* $ucum#/uL "/uL"
* $ucum#/mm3 "/mm3"
* $ucum#10*6/L "10*6/L"
* $ucum#10*9/L "10*9/L"
* $ucum#% "%"

ValueSet: CreatinineUnits
Id: creatinine-units
Title: "Units of creatinine"
Description: "UCUM units of creatinine in blood."
* insert Published
* $ucum#mg/dL "mg/dL"
* $ucum#umol/L "umol/L"

ValueSet: WeightUnits
Id: weight-units
Title: "Units of body weight"
Description: "UCUM units of body weight."
* insert Published
* $ucum#kg "kg"
* $ucum#g "g"

ValueSet: Detection
Id: detection
Title: "Detected or not"
Description: "Answers to a test that looks for something."
* insert Published
* insert SnomedNotice
* $sct#260373001 "Detected"
* $sct#260415000 "Not detected"
* $sct#260988000 "Below threshold level"
* $sct#10828004 "Positive"
* $sct#260385009 "Negative"
* $sct#82334004 "Indeterminate"

ValueSet: HivStages
Id: hiv-stages
Title: "HIV clinical stages"
Description: "The four stages, now and at the start of treatment, as WHO's SMART Guidelines for HIV code them."
* insert Published
* $who#HIV.D.DE187 "WHO HIV clinical stage 1"
* $who#HIV.D.DE188 "WHO HIV clinical stage 2"
* $who#HIV.D.DE189 "WHO HIV clinical stage 3"
* $who#HIV.D.DE190 "WHO HIV clinical stage 4"
* $who#HIV.D.DE359 "WHO clinical stage 1"
* $who#HIV.D.DE360 "WHO clinical stage 2"
* $who#HIV.D.DE361 "WHO clinical stage 3"
* $who#HIV.D.DE362 "WHO clinical stage 4"

ValueSet: PregnancyStatus
Id: pregnancy-status
Title: "Pregnancy status"
Description: "Pregnant, not pregnant, or not known: the answers that the International Patient Summary uses."
* insert Published
* insert LoincNotice
* $loinc#LA15173-0 "Pregnant"
* $loinc#LA26683-5 "Not pregnant"
* $loinc#LA4489-6 "Unknown"

ValueSet: IdentityPapers
Id: identity-papers
Title: "Kinds of identity papers"
Description: "Types of identifiers that a country issued to a person."
* insert Published
* $v2-0203#NI "National unique individual identifier"
* $v2-0203#PPN "Passport number"
* $v2-0203#PRC "Permanent Resident Card Number"
* $v2-0203#VS "VISA"

ValueSet: SusceptibilityLevels
Id: susceptibility-levels
Title: "Susceptibility to a drug"
Description: "What a genotype means for one drug."
* insert Published
* $interpretation#S "Susceptible"
* $interpretation#I "Intermediate"
* $interpretation#R "Resistant"
