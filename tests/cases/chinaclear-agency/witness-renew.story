Story: A company renews its certificate before a witness.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-15 S0-20 S0-21 S0-26 S0-27 S1-13 X-12

After the story chinaclear-agency/witness-apply
Given the token k0002
On 2025-02-17 at 10:00
tang.li, agent, opens case a-2 to renew in witness mode: certificate organisation, hard, for hengyuan, about a-1, through huatai
tang.li, agent, fills in the form for 2 years as in case a-1
tang.li, agent, adds the documents:
  - application-form: form.pdf
  - identity-copy: card.jpg
  - organisation-licence: licence.jpg
  - power-of-attorney: power.pdf
lu.jian, witness, checks identity-agent of a resident-card by police-query, leaving identity-query mps 8802
lu.jian, witness, checks witness, leaving signed-form archive 2, paper-archive box 2, signed-in-presence lu.jian 2, witness-video tape 2
tang.li, agent, submits the case
wang.wei, registrar, starts the registration
  number: 000002
wang.wei, registrar, registers the case, leaving work-record day book 21
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
zhou.ke, approver, binds the token k0002
zhou.ke, approver, brings a new key made in a token
zhou.ke, approver, issues the certificates
  certificates: issued
zhou.ke, approver, writes the certificates to the token and reads them back, leaving work-record day book 41
zhou.ke, approver, hands the packet p-2 over, leaving delivery-receipt receipt p-2
  certificates: active
feng.lan, pin-custodian, tells the PIN to the agent across the counter, leaving notice-receipt envelope p-2
tang.li, agent, confirms the receipt, leaving holder-statement signature on receipt p-2
zhou.ke, approver, closes the case, leaving work-record day book 42
  now: closed
