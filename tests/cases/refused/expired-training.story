Story: A witness whose training has expired witnesses nothing more.
Rules: chinaclear-agency
Proves: S0-15 S0-17

Given the agency huatai for counter, witness and other
Given the roster with lu.jian, contract, trained until 2024-06-01

On 2024-05-31 at 15:00
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

# The last second of the last day, and the first one after it.
On 2024-05-31 at 23:59:59
  public roster on lu.jian: qualified until 2024-06-01 00:00:00
lu.jian, witness, checks identity-agent of a resident-card by police-query, leaving identity-query mps 1
1 second later
  public roster on lu.jian: not qualified
lu.jian, witness, tries to check witness, leaving signed-form archive 1, paper-archive box 1, signed-in-presence lu.jian 1, witness-video tape 1
  refused under S0-15 as not-qualified: "no training record that is passed and still good"
