Story: An investor gets a soft certificate without meeting anybody, in a session of sound and picture both ways.
Rules: chinaclear-agency
Proves: S0-01 S0-12 S0-13 S0-14 S0-19 S0-20 S0-23 S0-24 S0-27 S0-28 S1-12 S1-13

Given the agency huatai for counter, witness and other
Given the roster with tan.bo, contract, trained until 2026-12-31
Given the roster with yu.qing, contract, trained until 2026-12-31

# Only persons, and only soft certificates, come this way.
sun.yue, applicant, tries to open case a-1 to apply in other mode: certificate personal-hard, hard, through huatai
  refused under S0-23 as carrier: "the carrier hard is not allowed here"
tang.li, agent, tries to open case a-1 to apply in other mode: certificate organisation, soft, for hengyuan, through huatai
  refused as seat: "the agent can't do this"
sun.yue, applicant, opens case a-1 to apply in other mode: certificate personal-soft, soft, through huatai
sun.yue, applicant, fills in the form for 1 year:
  - investor-name: 孙悦
  - identity-number: 11010119920815004X
  - mobile: 13500135000
sun.yue, applicant, adds the documents:
  - application-form: form.pdf
  - identity-copy: card.jpg
sun.yue, applicant, brings a new key made in software
sun.yue, applicant, submits the case
wang.wei, registrar, starts the registration

# 双向实时音视频: what goes one way is none.
tan.bo, handler, checks identity-holder of a resident-card by police-query, leaving identity-query mps 1
tan.bo, handler, tries to check live-session, leaving one-way-recording clip 1
  refused under S0-27 S0-28 as evidence-missing: "live-session-recording"
tan.bo, handler, checks live-session, leaving live-session-recording session 1

# 经办 and 复核 are two persons.
tan.bo, checker, tries to check genuineness, leaving work-record second look 1
  refused under S0-19 as same-person: "tan.bo acted as handler"
wang.wei, registrar, tries to register the case, leaving work-record day book 14
  refused under S0-19 as check-open: "genuineness"
yu.qing, checker, checks genuineness, leaving work-record second look 1
wang.wei, registrar, registers the case, leaving work-record day book 14
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
zhou.ke, approver, issues the certificates
zhou.ke, approver, packs the certificates, leaving work-record day book 51
zhou.ke, approver, offers the packet p-1 for download, leaving delivery-receipt link p-1
  certificates: active
sun.yue, applicant, confirms the receipt, leaving holder-statement click p-1
zhou.ke, approver, closes the case, leaving work-record day book 52
  now: closed
