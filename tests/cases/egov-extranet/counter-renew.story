Story: The agent looks after the renewal of a certificate in government service, in its last two months.
Rules: egov-extranet
Proves: S1-02 S1-04 S1-05 S1-06 S1-08 S1-12 S1-13 S1-17 S1-18 X-12

After the story egov-extranet/counter-apply
Given the token k0002
On 2025-01-13 at 10:00
  told: expiry-60 to li.hua
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
sun.li, pin-custodian, tells the PIN to the agent by letter, leaving notice-receipt letter 2
  certificates: issued
sun.li, approver, confirms the receipt, leaving call-record call 92
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 32
  now: closed
