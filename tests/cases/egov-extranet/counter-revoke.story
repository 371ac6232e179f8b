Story: Somebody leaves the service: the certificate ends, since a token never changes hands.
Rules: egov-extranet
Proves: S1-02 S1-06 S1-08 S1-12 S1-18 S1-21

After the story egov-extranet/counter-apply
On 2024-10-08 at 10:00
li.hua, applicant, opens case a-2 to revoke in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, because affiliation-changed
li.hua, applicant, submits the case to the agent
zhao.min, agent, passes the case on
wang.wei, registrar, starts the registration
  number: 000002
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, checks genuineness, leaving call-record call 21
wang.wei, registrar, registers the case, leaving work-record day book 21
sun.li, approver, takes the review
sun.li, approver, approves the case
  now: executed
  certificates: revoked
sun.li, approver, closes the case, leaving work-record day book 22
  now: closed
