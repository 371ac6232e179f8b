Story: A company gives its certificate up, before a witness.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-20 S0-21 S0-26 S0-27

After the story chinaclear-agency/witness-apply
On 2024-10-08 at 10:00
tang.li, agent, opens case a-2 to revoke in witness mode: certificate organisation, hard, for hengyuan, about a-1, because cessation-of-operation, through huatai
tang.li, agent, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, tries to register the case, leaving work-record day book 21
  refused under S0-27 as check-open: "identity-agent"
lu.jian, witness, checks identity-agent of a resident-card by police-query, leaving identity-query mps 8195
lu.jian, witness, checks witness, leaving signed-form archive 2, paper-archive box 2, signed-in-presence lu.jian 2, witness-video tape 2
wang.wei, registrar, registers the case, leaving work-record day book 21
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  certificates: revoked
zhou.ke, approver, closes the case, leaving work-record day book 22
  now: closed
