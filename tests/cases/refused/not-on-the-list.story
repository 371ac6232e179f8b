Story: Who is not on the list of his organisation gets no certificate from it.
Rules: egov-extranet
Proves: S1-01

Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min, applicants li.hua and wu.di
xu.ning, applicant, opens case a-1 to apply in counter mode: certificate person, hard, centralised, for finance-bureau
xu.ning, applicant, fills in the form for 1 year:
  - applicant-name: 徐宁
  - identity-number: 440301199003070019
  - organisation-name: 市财政局
  - department: 信息中心
  - mobile: 13800138000
  - delivery: on-site
xu.ning, applicant, adds the documents:
  - application-form: form.jpg
  - identity-copy: card.jpg
xu.ning, applicant, tries to submit the case to the agent
  refused under S1-01 as not-listed-applicant: "xu.ning is not on the list of finance-bureau"
