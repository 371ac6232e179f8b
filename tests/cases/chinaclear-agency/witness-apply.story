Story: A company gets its certificate before a witness who comes to it.
Rules: chinaclear-agency
Proves: S0-01 S0-12 S0-13 S0-14 S0-15 S0-20 S0-21 S0-24 S0-26 S0-27 S1-12 S1-13 S1-14 S1-15

Given the agency huatai for counter, witness and other
Given the token k0001
Given the roster with lu.jian, contract, trained until 2025-12-31, licensed until 2026-12-31

# An organisation acts through its agent, and it is the agent who is identified.
tang.li, agent, opens case a-1 to apply in witness mode: certificate organisation, hard, for hengyuan, through huatai
tang.li, agent, fills in the form for 1 year:
  - organisation-name: 恒远投资有限公司
  - credit-code: 91310000MA1FL0001R
  - agent-name: 唐力
  - agent-identity-number: 310101197809230035
  - agent-mobile: 13600136000
tang.li, agent, adds the documents:
  - application-form: form.pdf
  - identity-copy: card.jpg
  - organisation-licence: licence.jpg
  - power-of-attorney: power.pdf

# 见证: the card by the police's query, the paper form signed before the witness's eyes, a picture of it all.
zhang.shan, witness, tries to check identity-agent of a resident-card by police-query, leaving identity-query mps 1
  refused under S0-15 as not-qualified: "zhang.shan is not qualified as witness: not on the roster"
lu.jian, witness, checks identity-agent of a resident-card by police-query, leaving identity-query mps 8101
lu.jian, witness, tries to check witness, leaving signed-form archive 1, paper-archive box 1, signed-in-presence lu.jian 1
  refused under S0-20 S0-27 as evidence-missing: "witness-video, witness-audio, witness-photo"
lu.jian, witness, checks witness, leaving signed-form archive 1, paper-archive box 1, signed-in-presence lu.jian 1, witness-video tape 1
tang.li, agent, submits the case
wang.wei, registrar, starts the registration
  number: 000001
wang.wei, registrar, registers the case, leaving work-record day book 14
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
zhou.ke, approver, binds the token k0001
zhou.ke, approver, brings a new key made in a token
zhou.ke, approver, issues the certificates
  certificates: issued
zhou.ke, approver, writes the certificates to the token and reads them back, leaving work-record day book 41
zhou.ke, approver, hands the packet p-1 over, leaving delivery-receipt receipt p-1
  certificates: active
feng.lan, pin-custodian, tells the PIN to the agent across the counter, leaving notice-receipt envelope p-1
tang.li, agent, confirms the receipt, leaving holder-statement signature on receipt p-1
zhou.ke, approver, closes the case, leaving work-record day book 42
  now: closed
