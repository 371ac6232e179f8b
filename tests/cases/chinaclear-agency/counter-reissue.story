Story: An investor lost the token, and gets a new certificate for what is left of the term.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-24 S0-27 S1-12 S1-13 S1-14 S1-15 S2-09 X-11

After the story chinaclear-agency/counter-apply
Given the token k0002
On 2024-09-02 at 10:00
qian.yu, applicant, opens case a-2 to reissue in counter mode: certificate personal-hard, hard, about a-1, because key-compromise, through huatai

# No years are chosen: the old end stays.
qian.yu, applicant, tries to fill in the form for 1 year as in case a-1
  refused under S2-09 as years: "1 years can't be chosen"
qian.yu, applicant, fills in the form for the rest of the term as in case a-1
qian.yu, applicant, adds the documents:
  - application-form: reissue.pdf
  - identity-copy: card.jpg
qian.yu, applicant, submits the case
wang.wei, registrar, starts the registration
  number: 000002
wang.wei, registrar, checks identity-holder of a resident-card by card-reader, leaving identity-query reader 07 no. 4790
wang.wei, registrar, registers the case, leaving work-record day book 21
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  certificates of a-1: active
zhou.ke, approver, binds the token k0002
zhou.ke, approver, tries to bring the key of case a-1
  refused under X-11 as same-key: "the key is the old one"
zhou.ke, approver, brings a new key made in a token
zhou.ke, approver, issues the certificates
  certificates: issued
  certificates of a-1: revoked
zhou.ke, approver, writes the certificates to the token and reads them back, leaving work-record day book 31
zhou.ke, approver, hands the packet p-2 over, leaving delivery-receipt counter receipt 2
  certificates: active
feng.lan, pin-custodian, tells the PIN to the applicant across the counter, leaving notice-receipt envelope 2
qian.yu, applicant, confirms the receipt, leaving holder-statement signature on receipt 2
zhou.ke, approver, closes the case, leaving work-record day book 32
  now: closed
  end: that of a-1
