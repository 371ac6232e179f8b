Story: An agent whom the organisation does not name, or no more, brings no case.
Rules: egov-extranet
Proves: S1-03 S1-04

Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min until 2024-04-01, applicants li.hua and wu.di
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
fang.yi, agent, tries to pass the case on
  refused under S1-03 as not-authorised: "fang.yi is not authorised by finance-bureau"

# He who is in a case stays in it when his authority ends; new ones he gets none of.
zhao.min, agent, returns the case to the applicant: the department is missing
li.hua, applicant, submits the case to the agent
On 2024-04-02 at 09:00
zhao.min, agent, passes the case on
wu.di, applicant, opens case a-2 to apply in counter mode: certificate person, hard, centralised, for finance-bureau
wu.di, applicant, fills in the form for 1 year as in case a-1:
  - applicant-name: 吴迪
wu.di, applicant, adds the documents:
  - application-form: form.jpg
  - identity-copy: card.jpg
wu.di, applicant, submits the case to the agent
zhao.min, agent, tries to pass the case on
  refused under S1-03 S1-04 as not-authorised: "zhao.min is not authorised"
