Story: At an agency nobody sits in two seats of one case.
Rules: chinaclear-agency
Proves: S0-19 S1-12 X-01

Given the agency huatai for counter, witness and other
Given the roster with tan.bo, contract
Given the roster with yu.qing, contract
sun.yue, applicant, opens case a-1 to apply in other mode: certificate personal-soft, soft, through huatai
sun.yue, applicant, fills in the form for 1 year:
  - investor-name: 孙悦
  - identity-number: 11010119920815004X
  - mobile: 13500135000
sun.yue, applicant, adds the documents:
  - application-form: form.pdf
  - identity-copy: card.jpg
sun.yue, applicant, submits the case
sun.yue, registrar, tries to start the registration
  refused under S1-12 X-01 as same-person: "sun.yue acted as applicant"
wang.wei, registrar, starts the registration
tan.bo, handler, checks identity-holder of a resident-card by police-query, leaving identity-query mps 1
tan.bo, handler, checks live-session, leaving live-session-recording session 1
tan.bo, checker, tries to check genuineness, leaving work-record second look
  refused under S0-19 as same-person: "tan.bo acted as handler"
wang.wei, handler, tries to check live-session, leaving live-session-recording session 2
  refused under S1-12 as same-person: "wang.wei acted as registrar"
yu.qing, checker, checks genuineness, leaving work-record second look
wang.wei, registrar, registers the case, leaving work-record day book 1
wang.wei, approver, tries to take the review
  refused under S1-12 as same-person: "wang.wei acted as registrar"
tan.bo, approver, tries to take the review
  refused under S0-19 as same-person: "tan.bo acted as handler"
yu.qing, approver, tries to take the review
  refused under S0-19 as same-person: "yu.qing acted as checker"
zhou.ke, approver, takes the review
  now: approving
