Story: In an organisation of the self-service model each applies for himself, here for a file that he fetches at the counter.
Rules: egov-extranet
Proves: S1-01 S1-02 S1-05 S1-07 S1-08 S1-09 S1-10 S1-12 S1-13 S1-16 S1-18 S1-19 S1-20

Given the organisation health-bureau named 市卫生局, self-service, approver chen.jing, applicants wu.di

# 自主办理模式: no agent comes between the applicant and the registrar.
wu.di, applicant, opens case a-1 to apply in counter mode: certificate person, soft, self-service, for health-bureau
wu.di, applicant, fills in the form for 3 years:
  - applicant-name: 吴迪
  - identity-number: 440301198805200060
  - organisation-name: 市卫生局
  - department: 信息中心
  - mobile: 13400134000
  - delivery: on-site
wu.di, applicant, adds the documents:
  - application-form: form.pdf
  - identity-copy: card.pdf
wu.di, applicant, brings a new key made in software
wu.di, applicant, tries to submit the case to the agent
  refused under S1-02 as not-in-this-model: "in the model self-service"
wu.di, applicant, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, checks identity-holder of a resident-card by inspection, leaving original-seen card of wu.di
wang.wei, registrar, checks genuineness, leaving signed-form archive 1
wang.wei, registrar, registers the case, leaving work-record day book 1
sun.li, approver, takes the review
sun.li, approver, approves the case
sun.li, approver, tries to bind the token k0001
  refused as carrier: "the carrier soft is not allowed here"
sun.li, approver, issues the certificates
sun.li, approver, packs the certificates, leaving work-record day book 2
sun.li, approver, hands the packet p-1 over, leaving delivery-receipt receipt 1
  certificates: issued

# 2.8: the applicant installs it, and says that it is right.
wu.di, applicant, confirms the receipt, leaving holder-statement installed
  certificates: active
  end: 2027-03-04 09:00:00
sun.li, approver, closes the case, leaving work-record day book 3
  now: closed
