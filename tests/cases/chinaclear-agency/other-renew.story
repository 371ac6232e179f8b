Story: An investor renews a soft certificate from afar.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-19 S0-23 S0-27 S0-28 S1-13 X-11 X-12

After the story chinaclear-agency/other-apply
On 2025-02-17 at 10:00
sun.yue, applicant, opens case a-2 to renew in other mode: certificate personal-soft, soft, about a-1, through huatai
sun.yue, applicant, fills in the form for 1 year as in case a-1
sun.yue, applicant, adds the documents:
  - application-form: form.pdf
  - identity-copy: card.jpg
sun.yue, applicant, tries to bring the key of case a-1
  refused under X-11 as same-key: "make a new one"
sun.yue, applicant, brings a new key made in software
sun.yue, applicant, submits the case
wang.wei, registrar, starts the registration
tan.bo, handler, checks identity-holder of a resident-card by police-query, leaving identity-query mps 2
tan.bo, handler, checks live-session, leaving live-session-recording session 2
yu.qing, checker, checks genuineness, leaving work-record second look 2
wang.wei, registrar, registers the case, leaving work-record day book 21
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
zhou.ke, approver, issues the certificates
zhou.ke, approver, packs the certificates, leaving work-record day book 51
zhou.ke, approver, offers the packet p-2 for download, leaving delivery-receipt link p-2
  certificates: active
sun.yue, applicant, confirms the receipt, leaving holder-statement click p-2
zhou.ke, approver, closes the case, leaving work-record day book 52
  now: closed
