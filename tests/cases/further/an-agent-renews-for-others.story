Story: The agent of an organisation looks after a renewal himself, for whom it is: the holder need not come.
Rules: egov-extranet
Proves: S1-02 S1-04 S1-06 S1-08 S1-12 S1-13 S1-17 S1-18 X-12

After the story egov-extranet/counter-apply
Given the token k0002
On 2025-01-13 at 10:00

# 由其统一负责证书的接收、分发和更新: each act names the agent, and whom it is for.
zhao.min, agent, opens case a-2 to renew in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, holder li.hua
zhao.min, agent, fills in the form for 1 year as in case a-1
zhao.min, agent, adds the documents:
  - application-form: form.jpg
  - identity-copy: card.jpg

# The three points of 2.4 are his to look at, whoever wrote the form.
zhao.min, agent, tries to submit the case
  refused under S1-02 as not-in-this-model: "in the model centralised"
zhao.min, agent, submits the case to the agent
  now: internal-review
zhao.min, agent, passes the case on
  now: submitted
wang.wei, registrar, starts the registration
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, checks genuineness, leaving call-record call with li.hua
wang.wei, registrar, registers the case, leaving work-record day book 21
sun.li, approver, takes the review
sun.li, approver, approves the case
sun.li, approver, binds the token k0002
sun.li, approver, brings a new key made in a token
sun.li, approver, issues the certificates
sun.li, approver, writes the certificates to the token and reads them back, leaving work-record day book 22
sun.li, approver, sends the packet p-2 by courier, leaving delivery-receipt EMS 1002
sun.li, pin-custodian, tells the PIN to the agent by telephone, leaving notice-receipt call 91
zhao.min, agent, confirms the receipt, leaving holder-statement list of what came
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 23
  now: closed
