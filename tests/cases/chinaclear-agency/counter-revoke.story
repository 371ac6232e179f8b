Story: An investor gives the certificate up, at the counter.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-24 S0-27 S1-12

After the story chinaclear-agency/counter-apply
On 2024-10-08 at 10:00

# Without a reason there is no case.
qian.yu, applicant, tries to open case a-2 to revoke in counter mode: certificate personal-hard, hard, about a-1, through huatai
  refused as missing: "the reason is not given"
qian.yu, applicant, opens case a-2 to revoke in counter mode: certificate personal-hard, hard, about a-1, because cessation-of-operation, through huatai
qian.yu, applicant, submits the case
wang.wei, registrar, starts the registration
  number: 000002
wang.wei, registrar, checks identity-holder of a resident-card by card-reader, leaving identity-query reader 07 no. 4795
wang.wei, registrar, registers the case, leaving work-record day book 21
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  now: executed
  certificates: revoked
zhou.ke, approver, closes the case, leaving work-record day book 22
  now: closed

# That is the end of it.
qian.yu, applicant, tries to open case a-3 to unfreeze in counter mode: certificate personal-hard, hard, about a-1, through huatai
  refused under S0-13 as target-status: "the certificate is revoked"
