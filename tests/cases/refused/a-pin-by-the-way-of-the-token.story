Story: A PIN never goes with the token that it opens, and goes once.
Rules: egov-extranet
Proves: S1-17 X-03

After the story egov-extranet/counter-apply
Given the token k0002
On 2025-01-13 at 10:00
li.hua, applicant, opens case a-2 to renew in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1
li.hua, applicant, fills in the form for 1 year as in case a-1
li.hua, applicant, adds the documents:
  - application-form: form.jpg
  - identity-copy: card.jpg
li.hua, applicant, submits the case to the agent
zhao.min, agent, passes the case on
wang.wei, registrar, starts the registration
  number: 000002
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, checks genuineness, leaving call-record call 21
wang.wei, registrar, registers the case, leaving work-record day book 21
sun.li, approver, takes the review
sun.li, approver, approves the case
sun.li, approver, binds the token k0002
sun.li, approver, brings a new key made in a token
sun.li, approver, issues the certificates
sun.li, approver, writes the certificates to the token and reads them back, leaving work-record day book 31
sun.li, approver, sends the packet p-2 by courier, leaving delivery-receipt EMS 1002
sun.li, pin-custodian, tries to tell the PIN to the agent across the counter, leaving notice-receipt in the packet
  refused under S1-17 as pin: "the PIN does not go by on-site"
sun.li, pin-custodian, tries to tell the PIN to the applicant by telephone, leaving notice-receipt call 77
  refused under S1-17 as pin: "to the applicant"
sun.li, pin-custodian, tells the PIN to the agent by telephone, leaving notice-receipt call 78
sun.li, pin-custodian, tries to tell the PIN to the agent by letter, leaving notice-receipt letter 1
  refused under S1-17 as pin-told: "told already"
