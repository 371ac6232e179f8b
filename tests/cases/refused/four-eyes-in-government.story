Story: In the extranet nobody sits in two seats of one case, but where the source gives two to one.
Rules: egov-extranet
Proves: S1-12 S1-17 X-01

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
li.hua, agent, tries to pass the case on
  refused under S1-12 as same-person: "li.hua acted as applicant"
zhao.min, agent, passes the case on
zhao.min, registrar, tries to start the registration
  refused under S1-12 as same-person: "zhao.min acted as agent"
wang.wei, registrar, starts the registration
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, checks genuineness, leaving signed-form archive 1
wang.wei, registrar, registers the case, leaving work-record day book 1
wang.wei, approver, tries to take the review
  refused under S1-12 X-01 as same-person: "wang.wei acted as registrar in this case and can't act as approver too"
li.hua, approver, tries to take the review
  refused under S1-12 as same-person: "li.hua acted as applicant"
sun.li, approver, takes the review
wang.wei, approver, tries to approve the case
  refused under S1-12 as same-person: "wang.wei acted as registrar"
sun.li, approver, approves the case
  now: approved
