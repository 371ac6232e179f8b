Story: An investor lost the computer with the soft certificate, and gets a new one from afar.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-19 S0-23 S0-27 S0-28 S1-13 X-11

After the story chinaclear-agency/other-apply
On 2024-09-02 at 10:00
sun.yue, applicant, opens case a-2 to reissue in other mode: certificate personal-soft, soft, about a-1, because key-compromise, through huatai
sun.yue, applicant, fills in the form for the rest of the term as in case a-1
sun.yue, applicant, adds the documents:
  - application-form: form.pdf
  - identity-copy: card.jpg
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
  certificates of a-1: revoked
  end: that of a-1
