// Laboratory and clinical codes.
// This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief Institute, Inc. and the
// Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under the license at
// http://loinc.org/license. LOINC is a registered United States trademark of Regenstrief Institute, Inc.
// Codes as published systems use them; the viral load codes are those of VSAC 2.16.840.1.113762.1.4.1248.377.


ValueSet: ViralLoadTests
Id: viral-load-tests
Title: "Viral load tests (LOINC)"
Description: "HIV-1 RNA in copies, units or log10 copies, and its mere presence; HIV-2 apart by its code."
* insert Published
* insert LoincNotice
* $loinc#20447-9 "HIV 1 RNA [#/volume] (viral load) in Serum or Plasma by NAA with probe detection"
* $loinc#25836-8 "HIV 1 RNA [#/volume] (viral load) in Specimen by NAA with probe detection"
* $loinc#70241-5 "HIV 1 RNA [#/volume] (viral load) in Plasma by NAA, detection limit = 20 copies/mL"
* $loinc#104781-0 "HIV 1 RNA [#/volume] in Serum or Plasma by Molecular genetics method"
* $loinc#21008-8 "HIV 1 RNA [#/volume] (viral load) in Serum or Plasma by Probe"
* $loinc#21333-0 "HIV 1 RNA [#/volume] in Serum"
* $loinc#41515-8 "HIV 1 RNA [#/volume] by Probe with amplification detection limit = 75 copies/mL"
* $loinc#48511-0 "HIV 1 RNA [#/volume] by NAA detection limit = 50 copies/mL"
* $loinc#59419-2 "HIV 1 RNA [#/volume] (viral load) in Plasma by Probe with signal amplification"
* $loinc#10351-5 "HIV 1 RNA [Units/volume] (viral load) in Serum or Plasma by Probe with amplification"
* $loinc#23876-6 "HIV 1 RNA [Units/volume] (viral load) in Plasma by Probe with signal amplification"
* $loinc#62469-2 "HIV 1 RNA [Units/volume] (viral load) in Serum or Plasma by NAA with probe detection"
* $loinc#29541-0 "HIV 1 RNA [Log #/volume] (viral load) in Serum or Plasma by NAA with probe detection"
* $loinc#29539-4 "HIV 1 RNA [Log #/volume] in Plasma by Probe with signal amplification"
* $loinc#104762-0 "HIV 1 RNA [Log #/volume] in Serum or Plasma by Molecular genetics method"
* $loinc#41514-1 "HIV 1 RNA [Log #/volume] detection limit = 2.6 log copies/mL"
* $loinc#41516-6 "HIV 1 RNA [Log #/volume] detection limit = 1.9 log copies/mL"
* $loinc#48510-2 "HIV 1 RNA [Log #/volume] detection limit = 1.7 log copies/mL"
* $loinc#48552-4 "HIV 1 RNA [Log #/volume] detection limit = 2.6 log copies/mL"
* $loinc#51780-5 "HIV 1 RNA [Log #/volume] detection limit = 0.5 log copies/mL"
* $loinc#69354-9 "HIV 2 RNA [Units/volume] (viral load) by NAA with probe detection"
* $loinc#25835-0 "HIV 1 RNA [Presence] in Specimen by NAA with probe detection"

ValueSet: Cd4Tests
Id: cd4-tests
Title: "CD4 tests (LOINC)"
Description: "CD4 cells as a count or a percentage. The ratio of CD4 to CD8 is another test."
* insert Published
* insert LoincNotice
* $loinc#24467-3 "CD3+CD4+ (T4 helper) cells [#/volume] in Blood"
* $loinc#8123-2 "CD3+CD4+ (T4 helper) cells/100 cells in Blood"
* $loinc#80223-1 "CD4"

ValueSet: ResistanceTests
Id: resistance-tests
Title: "HIV resistance tests (LOINC)"
Description: "Mutations found in protease, reverse transcriptase and integrase."
* insert Published
* insert LoincNotice
* $loinc#33630-5 "HIV protease gene mutations detected [Identifier]"
* $loinc#30554-0 "HIV reverse transcriptase gene mutations detected [Identifier]"
* $loinc#45182-3 "HIV reverse transcriptase + protease gene mutations detected [Identifier]"
* $loinc#61199-6 "HIV integrase gene mutations detected [Identifier]"
* $loinc#49573-9 "HIV protease gene mutations detected (sequence) [Identifier]"
* $loinc#34700-5 "HIV 1 proviral DNA/RNA genotype (panel)"

ValueSet: HivStageCodes
Id: hiv-stage-codes
Title: "HIV clinical stage (LOINC)"
Description: "The clinical stage after WHO."
* insert Published
* insert LoincNotice
* $loinc#45233-4 "World Health Organization HIV stage"

ValueSet: TuberculosisTests
Id: tuberculosis-tests
Title: "Tuberculosis tests and status (LOINC)"
Description: "Whether there is tuberculosis, by smear, culture or nucleic acid, and resistance to rifampicin."
* insert Published
* insert LoincNotice
* $loinc#46244-0 "M. tuberculosis complex rpoB gene rifampin resistance mutation by Molecular method"
* $loinc#89372-7 "M. tuberculosis complex rpoB gene rifAMPin resistance mutation [Presence] by Molecular method"
* $loinc#88874-3 "M. tuberculosis complex DNA [Presence] in Sputum (NAA)"
* $loinc#38379-4 "M. tuberculosis complex DNA [Presence] in Specimen by NAA"
* $loinc#539-7 "Mycobacterium sp identified in Sputum by Organism specific culture"
* $loinc#11475-1 "Microscopic observation [Identifier] in Sputum by Acid fast stain"
* $loinc#45241-7 "TB status/disease"

ValueSet: PregnancyCodes
Id: pregnancy-codes
Title: "Pregnancy (LOINC)"
Description: "Pregnancy as a status or as a test."
* insert Published
* insert LoincNotice
* $loinc#82810-3 "Pregnancy status"
* $loinc#97071-5 "Pregnancy"
* $loinc#2106-3 "hCG pregnancy test [Presence] in Urine"
* $loinc#2118-8 "hCG pregnancy test [Presence] in Serum or Plasma"
* $loinc#80384-1 "hCG [Presence] in Urine by Rapid immunoassay"

ValueSet: WeightCodes
Id: weight-codes
Title: "Body weight (LOINC)"
Description: "Body weight."
* insert Published
* insert LoincNotice
* $loinc#29463-7 "Body weight"

ValueSet: CreatinineTests
Id: creatinine-tests
Title: "Creatinine (LOINC)"
Description: "Creatinine by mass or by substance."
* insert Published
* insert LoincNotice
* $loinc#2160-0 "Creatinine [Mass/volume] in Serum or Plasma"
* $loinc#14682-9 "Creatinine [Moles/volume] in Serum or Plasma"
* $loinc#38483-4 "Creatinine [Mass/volume] in Blood"

ValueSet: HepatitisBSurfaceAntigenTests
Id: hepatitis-b-surface-antigen-tests
Title: "Hepatitis B surface antigen (LOINC)"
Description: "HBsAg in blood."
* insert Published
* insert LoincNotice
* $loinc#5195-3 "Hepatitis B virus surface Ag [Presence] in Serum"
* $loinc#5196-1 "Hepatitis B virus surface Ag [Presence] in Serum or Plasma by Immunoassay"
* $loinc#75410-1 "Hepatitis B virus surface Ag [Presence] in Serum, Plasma or Blood by Rapid immunoassay"
* $loinc#95234-1 "Hepatitis B virus surface Ag [Interpretation] in Serum or Plasma"

ValueSet: HivTests
Id: hiv-tests
Title: "HIV tests (LOINC)"
Description: "Antibodies and antigen of HIV."
* insert Published
* insert LoincNotice
* $loinc#68961-2 "HIV 1 Ab [Presence] in Serum, Plasma or Blood by Rapid immunoassay"
* $loinc#56888-1 "HIV 1+2 Ab+HIV1 p24 Ag [Presence] in Serum or Plasma by Immunoassay"
* $loinc#75666-8 "HIV 1+2 Ab and HIV1 p24 Ag [Identifier] by Rapid immunoassay"
* $loinc#80203-3 "HIV 1 and 2 Ab [Identifier] by Rapid immunoassay"

