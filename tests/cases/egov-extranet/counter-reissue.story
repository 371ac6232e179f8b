Story: A token is broken: its holder gets another, for what is left of the term.
Rules: egov-extranet
Proves: S1-04 S1-12 S1-13 S1-14 S1-15 S1-18 X-11

After the story egov-extranet/counter-apply
Given the token k0002
On 2024-09-02 at 10:00
li.hua, applicant, opens case a-2 to reissue in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, because superseded
li.hua, applicant, fills in the form for the rest of the term as in case a-1
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
  certificates of a-1: revoked
  end: that of a-1
sun.li, approver, confirms the receipt, leaving call-record call 92
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 32
  now: closed
