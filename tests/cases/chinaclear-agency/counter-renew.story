Story: An investor renews the certificate at the counter, in its last month.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-24 S0-27 S1-12 S1-13 S1-14 S1-15 X-11 X-12

After the story chinaclear-agency/counter-apply
Given the token k0002

# The window is the last month; the notices of the weeks before have been told.
On 2025-02-17 at 10:00
  told: expiry-30 to qian.yu
qian.yu, applicant, opens case a-2 to renew in counter mode: certificate personal-hard, hard, about a-1, through huatai
qian.yu, applicant, fills in the form for 1 year as in case a-1
qian.yu, applicant, adds the documents:
  - application-form: renewal.pdf
  - identity-copy: card.jpg
qian.yu, applicant, submits the case
wang.wei, registrar, starts the registration
  number: 000002
wang.wei, registrar, checks identity-holder of a resident-card by card-reader, leaving identity-query reader 07 no. 4802
wang.wei, registrar, registers the case, leaving work-record day book 21
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  now: approved
zhou.ke, approver, binds the token k0002
zhou.ke, approver, tries to bring the key of case a-1
  refused under X-11 as same-key: "the key is the old one"
zhou.ke, approver, brings a new key made in a token
zhou.ke, approver, issues the certificates
  certificates: issued
zhou.ke, approver, writes the certificates to the token and reads them back, leaving work-record day book 31
zhou.ke, approver, hands the packet p-2 over, leaving delivery-receipt counter receipt 2
  certificates: active
feng.lan, pin-custodian, tells the PIN to the applicant across the counter, leaving notice-receipt envelope 2
qian.yu, applicant, confirms the receipt, leaving holder-statement signature on receipt 2
zhou.ke, approver, closes the case, leaving work-record day book 32
  now: closed
