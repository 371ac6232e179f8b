Story: A registrar who wrote nothing down has registered nothing.
Rules: egov-extranet
Proves: S1-08 S1-10

Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min, applicants li.hua and wu.di
li.hua, applicant, opens case a-1 to apply in counter mode: certificate person, hard, centralised, for finance-bureau
li.hua, applicant, fills in the form for 1 year:
  - applicant-name: 李华
  - identity-number: 11010519491231002X
  - organisation-name: 市财政局
  - department: 信息中心
  - mobile: 13800138000
  - delivery: courier
  - delivery-address: 市民路1号
li.hua, applicant, adds the documents:
  - application-form: form.jpg
  - identity-copy: card.jpg
li.hua, applicant, submits the case to the agent
zhao.min, agent, passes the case on
wang.wei, registrar, starts the registration
wang.wei, registrar, tries to check identity-agent of a resident-card by inspection
  refused under S1-08 as evidence-missing: "original-seen"
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, tries to check genuineness, leaving work-record a feeling
  refused under S1-08 as evidence-missing: "signed-form, call-record"
wang.wei, registrar, checks genuineness, leaving signed-form archive 1
wang.wei, registrar, tries to register the case, leaving call-record call 1
  refused as evidence-kind: "call-record is no work-record"
  now: registering
