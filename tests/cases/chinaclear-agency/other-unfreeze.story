Story: The investor has the soft certificate back in use, from afar.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-19 S0-23 S0-27 S0-28 S1-12

After the story chinaclear-agency/other-freeze
On 2024-06-12 at 10:00
sun.yue, applicant, opens case a-3 to unfreeze in other mode: certificate personal-soft, soft, about a-1, through huatai
sun.yue, applicant, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, tries to register the case, leaving work-record day book 23
  refused under S0-19 S0-27 as check-open: "identity-holder"
tan.bo, handler, checks identity-holder of a resident-card by police-query, leaving identity-query mps 3
tan.bo, handler, checks live-session, leaving live-session-recording session 3
yu.qing, checker, checks genuineness, leaving work-record second look 3
wang.wei, registrar, registers the case, leaving work-record day book 23
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  now: executed
  certificates: active
zhou.ke, approver, closes the case, leaving work-record day book 33
  now: closed
