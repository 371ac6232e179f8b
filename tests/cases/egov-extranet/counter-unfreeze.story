Story: The token was found: the certificate is in use again, after full identification.
Rules: egov-extranet
Proves: S1-02 S1-06 S1-08 S1-12 S5-04

After the story egov-extranet/counter-freeze
On 2024-06-12 at 10:00
li.hua, applicant, opens case a-3 to unfreeze in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1
li.hua, applicant, submits the case to the agent
zhao.min, agent, passes the case on
wang.wei, registrar, starts the registration
  number: 000002
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, checks genuineness, leaving call-record call 23
wang.wei, registrar, registers the case, leaving work-record day book 23
sun.li, approver, takes the review
sun.li, approver, approves the case
  now: executed
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 24
  now: closed
