Story: A case that nobody goes on with is given up after thirty days.
Rules: szca-online
Proves: S2-26

gao.fei, agent, opens case a-1 to apply in other mode: certificate organisation-seal, hard, for xinghe
  deadline lapse: 2024-04-03 23:59:59
On 2024-04-03 23:59:59
  now: draft
1 second later
  now: lapsed
gao.fei, agent, tries to fill in the form for 1 year:
  - organisation-name: 星河科技有限公司
  - credit-code: 91440300MA5EXAMP1F
  - region: 广东省深圳市
  - address: 科技路1号
  - agent-name: 高飞
  - agent-identity-number: 440301198506120028
  - agent-mobile: 13900139000
  - agent-mail: gaofei@example.cn
  - agent-position: 行政
  - representative-name: 何川
  - representative-identity-number: 440301197001010056
  - representative-mobile: 13700137000
  - account-name: 星河科技有限公司
  - account-bank: 中国农业银行深圳分行
  - account-number: 41000100040012345
  - delivery-region: 广东省深圳市
  - delivery-address: 科技路1号
  - seal-style: 工具自动生成
  refused as not-listed: "a case that is lapsed can't be form-filled"
