Story: An investor gets a certificate in a token, at the counter of a securities company.
Rules: chinaclear-agency
Proves: S0-01 S0-12 S0-13 S0-14 S0-24 S0-27 S1-07 S1-12 S1-13 S1-14 S1-15

Given the agency huatai for counter, witness and other
Given the token k0001

# The investor fills in the form and brings his papers.
qian.yu, applicant, opens case a-1 to apply in counter mode: certificate personal-hard, hard, through huatai
qian.yu, applicant, fills in the form for 1 year:
  - investor-name: 钱玉
  - identity-number: 440301199003070019
  - mobile: 13800138000
qian.yu, applicant, adds the documents:
  - application-form: form.pdf
  - identity-copy: card.jpg
qian.yu, applicant, submits the case
  now: submitted
  deadline review: 2024-03-07 17:59:59

# The registrar numbers the case, and reads the investor's card: without that there is no case.
wang.wei, registrar, starts the registration
  number: 000001
wang.wei, registrar, tries to register the case, leaving work-record day book 14
  refused under S0-24 S0-27 as check-open: "the check identity-holder has not passed"
wang.wei, registrar, checks identity-holder of a resident-card by card-reader, leaving identity-query reader 07 no. 4711
wang.wei, registrar, registers the case, leaving work-record day book 14
  now: handed-over

# A second person reviews it, not the first one once more.
wang.wei, approver, tries to take the review
  refused under S1-12 as same-person: "wang.wei acted as registrar"
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  now: approved

# Token, key, signature, and the token is read back.
zhou.ke, approver, binds the token k0001
  token k0001: bound to a case
zhou.ke, approver, brings a new key made in a token
zhou.ke, approver, issues the certificates
  now: issued
  certificates: issued
zhou.ke, approver, writes the certificates to the token and reads them back, leaving work-record day book 15
  token k0001: written

# Across the counter: the token, and the PIN in its envelope.
zhou.ke, approver, hands the packet p-1 over, leaving delivery-receipt counter receipt 1
  certificates: active
feng.lan, pin-custodian, tells the PIN to the applicant across the counter, leaving notice-receipt envelope 1
qian.yu, applicant, confirms the receipt, leaving holder-statement signature on receipt 1
zhou.ke, approver, closes the case, leaving work-record day book 16
  now: closed
