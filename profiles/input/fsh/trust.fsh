// Consent, audit and origin.

Profile: ConsentExchange
Parent: Consent
Id: consent-exchange
Title: "Corridor consent to exchange"
Description: "Consent to cross-border exchange in the shape of IHE PCF Advanced: it denies at its root and permits below, to named countries, for named purposes and categories. `policy` names the federation's policy, which denies some purposes whatever a consent says."
* insert Published
* obeys cor-con-1
* extension contains Withdrawn named withdrawn 0..1 MS
* verification 0..0
* scope = $scope#patient-privacy
* patient 1..1
* dateTime 1..1
* performer 1..*
* organization 1..*
* source[x] 1..1
* policy 1..*
* policy.uri 1..1
* provision 1..1
* provision.type 1..1
* provision.type = #deny
* provision.action 0..0
* provision.class 0..0
* provision.code 0..0
* provision.data 0..0
* provision.purpose from PurposesOfUse (required)
* provision.actor.role = $participation#IRCP
* provision.provision.extension contains Holder named holder 0..* MS
* provision.provision.type 1..1
* provision.provision.actor.role = $participation#IRCP
* provision.provision.purpose from PurposesOfUse (required)
* provision.provision.action 0..0
* provision.provision.class 0..0
* provision.provision.code 0..0
* provision.provision.data 0..0
* provision.provision.provision 0..0

Invariant: cor-con-1
Description: "A permit names purposes that a consent can permit, and the categories that it is about."
Severity: #error
Expression: "provision.provision.where(type = 'permit').all(securityLabel.exists() and purpose.exists() and purpose.all(code in ('TREAT' | 'ETREAT' | 'BTG' | 'PUBHLTH' | 'PATRQT')))"

Profile: AuditEventExchange
Parent: AuditEvent
Id: audit-event
Title: "Corridor audit event"
Description: "What a node records before it answers, in the patterns of IHE BALP: who, as a pseudonym; for which country and purpose; about whom; and the trace that joins the records of all countries that took part."
* insert Published
* extension contains Traceparent named traceparent 0..1
* action 1..1
* outcome 1..1
* agent 2..*
* agent.type 1..1
* agent.who 1..1
* agent.media 0..0
* source.site 1..1
* source.observer.identifier 1..1
* source.observer.identifier.system 1..1
* source.observer.identifier.system = "urn:iso:std:iso:3166" (exactly)
* source.observer.identifier.value 1..1
* entity ^slicing.discriminator[0].type = #pattern
* entity ^slicing.discriminator[0].path = "type"
* entity ^slicing.discriminator[1].type = #pattern
* entity ^slicing.discriminator[1].path = "role"
* entity ^slicing.rules = #open
* entity contains patient 0..* MS and trace 0..1 MS
* entity[patient].type 1..1
* entity[patient].type = $entity-type#1
* entity[patient].role 1..1
* entity[patient].role = $entity-role#1
* entity[patient].what 1..1
* entity[patient].name 0..0
* entity[trace].type 1..1
* entity[trace].type = $entity-type#4
* entity[trace].role 1..1
* entity[trace].role = $entity-role#21
* entity[trace].what 1..1
* entity[trace].what.identifier 1..1
* entity[trace].what.identifier.value 1..1

Profile: ProvenanceExchange
Parent: Provenance
Id: provenance
Title: "Corridor provenance"
Description: "Which country stands behind what came over a border, and its signature where it signed."
* insert Published
* agent 1..1
* agent.type 1..1
* agent.type = $agent-kind#author
* agent.who.identifier 1..1
* agent.who.identifier.system 1..1
* agent.who.identifier.system = "urn:iso:std:iso:3166" (exactly)
* agent.who.identifier.value 1..1
* signature 0..1
* signature.sigFormat 1..1
* signature.sigFormat = #application/jose
