Story: The company has its certificate back in use, before a witness.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-20 S0-21 S0-26 S0-27

After the story chinaclear-agency/witness-freeze
On 2024-06-12 at 10:00
tang.li, agent, opens case a-3 to unfreeze in witness mode: certificate organisation, hard, for hengyuan, about a-1, through huatai
lu.jian, witness, checks identity-agent of a resident-card by police-query, leaving identity-query mps 8133
lu.jian, witness, checks witness, leaving signed-form archive 3, paper-archive box 3, signed-in-presence lu.jian 3, witness-video tape 3
tang.li, agent, submits the case
wang.wei, registrar, starts the registration
  number: 000003
wang.wei, registrar, registers the case, leaving work-record day book 23
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  certificates: active
zhou.ke, approver, closes the case, leaving work-record day book 24
  now: closed
