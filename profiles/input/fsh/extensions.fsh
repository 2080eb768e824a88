// Extensions that Corridor writes.

Extension: Holder
Id: holder
Title: "Country that may be asked"
Description: "A country whose records a provision is about; without any the provision is about every country."
Context: Consent.provision, Consent.provision.provision
* insert Published
* value[x] 1..1
* value[x] only code

Extension: Withdrawn
Id: withdrawn
Title: "Withdrawn at"
Description: "The instant from which every permit of this consent is void."
Context: Consent
* insert Published
* value[x] 1..1
* value[x] only dateTime

Extension: Traceparent
Id: traceparent
Title: "Trace of the exchange"
Description: "W3C trace context that joins the audit events of one exchange at all its nodes; used where the list of entities is closed."
Context: AuditEvent
* insert Published
* value[x] 1..1
* value[x] only string

Extension: TextWithheld
Id: text-withheld
Title: "Text withheld"
Description: "A text stood here that may not cross a border because it could name somebody."
Context: Element
* insert Published
* value[x] 1..1
* value[x] only boolean
* valueBoolean = true
