Story: Taking an agent's authority back stops his new cases.
Rules: egov-extranet
Proves: S1-03

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
chen.jing, organisation-approver, takes the authority of zhao.min at finance-bureau back: he moved
zhao.min, agent, tries to pass the case on
  refused under S1-03 as not-authorised: "zhao.min is not authorised by finance-bureau"
zhao.min, agent, tries to open case a-2 to apply in counter mode: certificate person, hard, centralised, for finance-bureau, holder wu.di
  refused under S1-03 as not-authorised: "zhao.min"
