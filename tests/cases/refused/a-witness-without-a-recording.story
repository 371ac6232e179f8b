Story: What was witnessed is shown by the paper, the witness's word, and a picture or sound of it.
Rules: chinaclear-agency
Proves: S0-20 S0-21 S0-27

Given the agency huatai for counter, witness and other
Given the roster with lu.jian, contract
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
lu.jian, witness, tries to check witness, leaving signed-form archive 1, paper-archive box 1, signed-in-presence lu.jian 1
  refused under S0-20 S0-27 as evidence-missing: "the check witness needs one of: witness-video, witness-audio, witness-photo"
lu.jian, witness, tries to check witness, leaving signed-form archive 1, paper-archive box 1, witness-video tape 1
  refused under S0-20 S0-21 as evidence-missing: "signed-in-presence"
lu.jian, witness, tries to check witness, leaving paper-archive box 1, signed-in-presence lu.jian 1, witness-video tape 1
  refused under S0-21 as evidence-missing: "signed-form"
lu.jian, witness, checks witness, leaving signed-form archive 1, paper-archive box 1, signed-in-presence lu.jian 1, witness-photo picture 1
  check witness: passed
