Story: An investor has the certificate frozen at the counter.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-24 S0-27 S1-12

After the story chinaclear-agency/counter-apply
On 2024-06-03 at 10:00
qian.yu, applicant, opens case a-2 to freeze in counter mode: certificate personal-hard, hard, about a-1, through huatai
qian.yu, applicant, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, tries to register the case, leaving work-record day book 21
  refused under S0-24 S0-27 as check-open: "identity-holder"
wang.wei, registrar, checks identity-holder of a resident-card by card-reader, leaving identity-query reader 07 no. 4720
wang.wei, registrar, registers the case, leaving work-record day book 21
  certificates: active

# It takes the second person, and then it takes effect at once.
wang.wei, approver, tries to take the review
  refused under S1-12 as same-person: "acted as registrar"
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  now: executed
  certificates: frozen
zhou.ke, approver, closes the case, leaving work-record day book 22
  now: closed
