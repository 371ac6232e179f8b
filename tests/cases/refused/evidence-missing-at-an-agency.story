Story: A card is read by a machine or asked for at the police; other documents by other means, which are named.
Rules: chinaclear-agency
Proves: S0-24 S0-25 S0-26 S0-27

Given the agency huatai for counter, witness and other
qian.yu, applicant, opens case a-1 to apply in counter mode: certificate personal-hard, hard, through huatai
qian.yu, applicant, fills in the form for 1 year:
  - investor-name: 钱玉
  - identity-number: 440301199003070019
  - mobile: 13800138000
qian.yu, applicant, adds the documents:
  - application-form: form.pdf
  - identity-copy: card.jpg
qian.yu, applicant, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, tries to check identity-holder of a resident-card by inspection, leaving original-seen card
  refused under S0-24 as identity-method: "inspection does not check a resident-card"
wang.wei, registrar, tries to check identity-holder of a resident-card by card-reader
  refused under S0-24 as evidence-missing: "identity-query"
wang.wei, registrar, tries to check identity-holder of a resident-card by card-reader, leaving other-identity-proof a look
  refused under S0-24 as evidence-missing: "identity-query"
wang.wei, registrar, tries to check identity-holder, leaving identity-query reader 07
  refused under S0-24 as missing: "the document, or how it was checked"
wang.wei, registrar, tries to check identity-holder of a taiwan-permit by card-reader, leaving identity-query reader 07
  refused under S0-25 as identity-method: "card-reader does not check a taiwan-permit"
wang.wei, registrar, tries to check identity-holder of a taiwan-permit by named, leaving identity-query reader 07
  refused under S0-25 as evidence-missing: "other-identity-proof"
qian.yu, applicant, tries to check identity-holder of a resident-card by card-reader, leaving identity-query reader 07
  refused under S0-24 as seat: "the applicant can't do this"
wang.wei, registrar, checks identity-holder of a taiwan-permit by named, leaving other-identity-proof letter of the entry office
wang.wei, registrar, tries to register the case, leaving call-record call 1
  refused as evidence-kind: "call-record is no work-record"
wang.wei, registrar, registers the case, leaving work-record day book 1
  now: handed-over
