Story: The investor has the frozen certificate back in use, fully identified once more.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-24 S0-27 S1-12

After the story chinaclear-agency/counter-freeze
On 2024-06-12 at 10:00
qian.yu, applicant, opens case a-3 to unfreeze in counter mode: certificate personal-hard, hard, about a-1, through huatai
qian.yu, applicant, submits the case
wang.wei, registrar, starts the registration
  number: 000003
wang.wei, registrar, checks identity-holder of a resident-card by card-reader, leaving identity-query reader 07 no. 4733
wang.wei, registrar, registers the case, leaving work-record day book 23
  certificates: frozen
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  certificates: active
zhou.ke, approver, closes the case, leaving work-record day book 24
  now: closed
