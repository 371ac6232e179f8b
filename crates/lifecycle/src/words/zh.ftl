### 界面文字（中文），术语依各业务规则原文。消息名为“组-词”；`{ $name }` 为具体事实；消息与事实同 en.ftl。

## language

language-en = 英文
language-zh = 中文

## kind

kind-apply = 申请
kind-renew = 更新
kind-freeze = 冻结
kind-unfreeze = 解冻
kind-reissue = 补办
kind-revoke = 作废

## mode

mode-counter = 临柜
mode-witness = 见证
mode-other = 其它

## model

model-centralised = 集中办理
model-self-service = 自主办理

## seat

seat-applicant = 申请人
seat-agent = 经办人
seat-organisation-approver = 申请单位审批人
seat-registrar = RA注册管理员
seat-approver = RA审批管理员
seat-witness = 见证人员
seat-handler = 业务经办人员
seat-checker = 复核人员
seat-pin-custodian = 口令保管员
seat-cashier = 财务人员
seat-clerk = 内勤人员
seat-auditor = 审计员
seat-official = 有权机关人员
seat-key-officer = 密钥管理员
seat-system = 系统
seat-intake = 受理人员
seat-assessor = 评审专家

## carrier

carrier-hard = 硬证书
carrier-soft = 软证书

## subject-kind

subject-kind-person = 自然人
subject-kind-organisation = 机构
subject-kind-member = 机构个人

## check

check-consent = 协议同意
check-form = 申请表完整
check-documents = 申请材料齐全
check-identity-agent = 经办人身份核验
check-identity-holder = 持有人身份核验
check-genuineness = 申请证书的真实性
check-authorisation = 单位授权
check-witness = 见证
check-live-session = 双向实时音视频
check-mobile-real-name = 手机实名认证
check-payment = 缴费
check-bank-control = 金融认证
check-quota = 证书数量限额
check-key-proof = 私钥持有证明
check-token-bound = USB-Key绑定

## stage

stage-submission = 提交
stage-registration = 注册
stage-approval = 审批
stage-issuance = 签发

## evidence-kind

evidence-kind-signed-form = 签字盖章的申请表
evidence-kind-paper-archive = 纸质档案编号
evidence-kind-signed-in-presence = 当面签署声明
evidence-kind-identity-query = 身份证阅读器或公安核查结果
evidence-kind-other-identity-proof = 其他身份证明
evidence-kind-original-seen = 核验证件原件
evidence-kind-witness-video = 见证录像
evidence-kind-witness-audio = 见证录音
evidence-kind-witness-photo = 见证照片
evidence-kind-live-session-recording = 双向实时音视频记录
evidence-kind-one-way-recording = 单向录制视频
evidence-kind-liveness = 活体认证记录
evidence-kind-carrier-query = 运营商实名核验结果
evidence-kind-call-record = 回访记录
evidence-kind-work-record = 工作过程记录
evidence-kind-remittance-slip = 汇款凭证
evidence-kind-payment-receipt = 收款凭证
evidence-kind-organisation-documents = 单位证明材料
evidence-kind-official-order = 有权机关文书
evidence-kind-holder-statement = 持有人声明
evidence-kind-delivery-receipt = 交付凭证
evidence-kind-read-back = USB-Key回读记录
evidence-kind-notice-receipt = 告知凭证
evidence-kind-application-material = 申请材料
evidence-kind-receipt-stamp = 收件凭证
evidence-kind-assessment-report = 评估报告
evidence-kind-decision-document = 审批决定文件
evidence-kind-reasons-document = 说明理由文书
evidence-kind-filing-document = 报备材料
evidence-kind-power-of-attorney = 授权委托书
evidence-kind-certificate-request = 证书请求文件
evidence-kind-device-qualification = 密码设备资质证明
evidence-kind-inspection-report = 核查报告
evidence-kind-recognition-application = 互认申请书
evidence-kind-practice-statement = 电子认证业务规则
evidence-kind-conformity-review = 符合性审查报告
evidence-kind-execution-review = 执行审查报告
evidence-kind-independence-declaration = 独立性声明
evidence-kind-service-licence = 电子认证服务许可
evidence-kind-key-origin = 密钥生成证明
evidence-kind-authority-opinion = 初审意见
evidence-kind-authority-decision = 主管部门决定
evidence-kind-policy-assignment = 策略标识符核配文件
evidence-kind-signed-notice = 书面通报
evidence-kind-signed-acknowledgement = 书面确认
evidence-kind-legal-procedure = 法律程序文件
evidence-kind-published-list = 已发布的信任列表
evidence-kind-import-report = 列表导入报告
evidence-kind-internal-audit-report = 内部审计报告
evidence-kind-correction-order = 责令改正通知
evidence-kind-incident-report = 事件报告

## payment-route

payment-route-corporate-transfer = 公对公汇款
payment-route-wallet = 支付宝或微信

## delivery-method

delivery-method-on-site = 现场发放
delivery-method-courier = 邮寄
delivery-method-download = 下载

## pin-channel

pin-channel-on-site = 现场告知
pin-channel-short-message = 短信
pin-channel-telephone = 电话
pin-channel-letter = 书面函件
pin-channel-bank-remark = 银行转账附言

## employment

employment-contract = 签订劳动合同的工作人员
employment-marketing = 营销人员
employment-dispatched = 劳务派遣人员
employment-broker = 未签订正式劳动合同的经纪人员
employment-subsidiary = 全资控股的子公司员工

## identity-document

identity-document-resident-card = 居民身份证
identity-document-taiwan-permit = 台湾居民来往大陆通行证
identity-document-hong-kong-macau-permit = 港澳居民来往内地通行证
identity-document-permanent-residence = 外国人永久居留证
identity-document-passport = 护照

## identity-method

identity-method-card-reader = 身份证阅读器
identity-method-police-query = 公安部身份证核查系统
identity-method-inspection = 人工核验原件
identity-method-liveness = 证件拍照及活体认证
identity-method-named = 其他适当方式

## file-format

file-format-jpeg = JPEG
file-format-bmp = BMP
file-format-gif = GIF
file-format-pdf = PDF

## phase

phase-draft = 填写中
phase-internal-review = 单位内部审核
phase-submitted = 已提交
phase-registering = 注册审核中
phase-returned = 退回补正
phase-handed-over = 已移交审批
phase-approving = 审批中
phase-approved = 已批准
phase-issuing = 签发中
phase-issued = 已签发
phase-personalised = 已封装
phase-dispatched = 已发放
phase-confirmed = 已确认接受
phase-objected = 已提出异议
phase-awaiting-ratification = 待复核
phase-executed = 已执行
phase-refunding = 退费中
phase-closed = 已办结
phase-rejected = 已拒绝
phase-withdrawn = 已撤回
phase-lapsed = 已失效
phase-refunded = 已退费

## step

step-opened = 受理建档
step-consent-given = 同意协议
step-consent-withdrawn = 撤回同意
step-form-filled = 填写申请表
step-document-added = 提交材料
step-check-recorded = 登记核验结果
step-submitted-internally = 提交单位内部审核
step-internally-approved = 单位内部审核通过
step-internally-returned = 单位内部退回
step-submitted = 提交申请
step-registration-started = 编号与登记
step-returned = 退回补正
step-resubmitted = 重新提交
step-registered = 注册并移交审批
step-review-taken = 接收审批
step-approved = 审批通过
step-rejected = 审批拒绝
step-token-bound = 标识并绑定USB-Key
step-key-proved = 证明私钥持有
step-issuance-intended = 确定签发
step-encryption-key-received = 收到加密密钥
step-certificate-issued = 签发证书
step-issuance-abandoned = 放弃签发并作废序列号
step-personalised = 下载至载体并封装
step-dispatched = 发放
step-published = 发布证书
step-pin-delivered = 告知口令
step-receipt-confirmed = 确认收到
step-deemed-accepted = 视为接受
step-objection-raised = 提出异议
step-closed = 办结归档
step-withdrawn = 撤回申请
step-lapsed = 逾期失效
step-refund-requested = 申请退费
step-refunded = 完成退费
step-executed-at-once = 立即执行
step-ratified = 复核确认
step-ratification-refused = 复核不通过并恢复
step-payment-reported = 提交缴费凭证
step-funds-confirmed = 确认到账
step-deposit-sent = 发出验证打款
step-deposit-settled = 金融认证成功
step-deposit-failed = 金融认证不通过
step-account-reentered = 重新填写账户
step-code-verified = 验证码正确
step-code-wrong = 验证码错误
step-agency-changed = 移交其他机构
step-overdue-noted = 登记逾期

## deadline-name

deadline-name-lapse = 失效
deadline-name-review = 审核
deadline-name-ratification = 复核
deadline-name-confirmation = 回访确认
deadline-name-deemed-acceptance = 视为接受

## party

party-holder = 持有人或其单位
party-operator = 运营机构
party-official = 有权机关

## certificate-status

certificate-status-reserved = 已预留
certificate-status-issued = 已签发
certificate-status-active = 有效
certificate-status-held = 冻结
certificate-status-revoked = 作废
certificate-status-burnt = 序列号废弃
certificate-status-superseded = 被替代
certificate-status-expired = 过期

## certificate-step

certificate-step-reserved = 预留序列号
certificate-step-issued = 签发
certificate-step-activated = 启用
certificate-step-burnt = 废弃序列号
certificate-step-frozen = 冻结
certificate-step-freeze-ratified = 冻结经复核确认
certificate-step-freeze-undone = 撤销冻结
certificate-step-unfreeze-requested = 申请解冻
certificate-step-unfrozen = 解冻
certificate-step-revocation-requested = 申请作废
certificate-step-revoked = 作废
certificate-step-superseded = 被替代
certificate-step-expired = 过期
certificate-step-upgrade-requested = 申请变更作废原因
certificate-step-reason-upgraded = 变更作废原因

## authority-stage

authority-stage-proposed = 已提出
authority-stage-issuing = 签发中
authority-stage-active = 启用
authority-stage-retiring = 退出中
authority-stage-retired = 已退出
authority-stage-compromised = 已泄露

## authority-step

authority-step-proposed = 提出
authority-step-key-made = 已生成密钥
authority-step-approved = 已批准
authority-step-issuance-intended = 确定签发
authority-step-issuance-abandoned = 放弃签发并作废序列号
authority-step-established = 证书已签发
authority-step-crl-intended = 确定签发CRL
authority-step-crl-abandoned = 放弃CRL并作废编号
authority-step-crl-issued = CRL已签发
authority-step-published = 已发布
authority-step-retirement-requested = 申请退出
authority-step-link-requested = 申请链接证书
authority-step-closing-requested = 申请停用
authority-step-compromise-reported = 报告泄露
authority-step-discarded = 撤销申请
authority-step-retirement-begun = 开始退出
authority-step-link-decided = 确定签发链接证书
authority-step-linked = 链接证书已签发
authority-step-retired = 已退出
authority-step-compromised = 认定泄露

## token-stage

token-stage-fresh = 未使用
token-stage-bound = 已绑定案件
token-stage-written = 已写入
token-stage-quarantined = 已隔离
token-stage-retired = 已报废

## token-step

token-step-received = 入库
token-step-bound = 绑定
token-step-released = 解除绑定
token-step-written = 写入
token-step-quarantined = 隔离
token-step-retired = 报废
token-step-pin-changed = 修改初始口令

## roster-stage

roster-stage-proposed = 已提出
roster-stage-dropped = 提议已撤销
roster-stage-entered = 在册
roster-stage-sanctioned = 受处罚
roster-stage-removed = 已除名

## roster-step

roster-step-proposed = 提出
roster-step-confirmed = 复核确认
roster-step-discarded = 撤销提议
roster-step-sanctioned = 处罚
roster-step-removed = 除名

## organisation-stage

organisation-stage-taken-on = 已登记
organisation-stage-filing-waits = 报备待复核

## organisation-step

organisation-step-onboarded = 登记
organisation-step-approver-named = 指定审批人
organisation-step-approver-dismissed = 撤换审批人
organisation-step-authorised = 授权经办人
organisation-step-authority-revoked = 收回授权
organisation-step-listed = 列入申请人名单
organisation-step-delisted = 移出申请人名单
organisation-step-modes-filed = 报备办理方式
organisation-step-modes-confirmed = 报备复核确认
organisation-step-modes-discarded = 撤销报备
organisation-step-mode-suspended = 暂停办理方式
organisation-step-mode-opened = 开放办理方式
organisation-step-mode-closed = 关闭办理方式

## cessation-stage

cessation-stage-proposed = 已提议
cessation-stage-decided = 已决定
cessation-stage-announced = 已通知有关各方
cessation-stage-reported = 已报告主管部门
cessation-stage-handed-over = 业务已承接
cessation-stage-ceased = 已终止服务
cessation-stage-called-off = 已取消

## cessation-step

cessation-step-proposed = 提议
cessation-step-decided = 决定
cessation-step-called-off = 取消
cessation-step-discarded = 放弃提议
cessation-step-announced = 通知有关各方
cessation-step-reported = 报告主管部门
cessation-step-handed-over = 移交业务
cessation-step-ceased = 终止服务
cessation-step-overdue-noted = 登记逾期

## cessation-deadline

cessation-deadline-parties-told = 通知有关各方
cessation-deadline-authority-told = 报告主管部门
cessation-deadline-service-ended = 终止服务

## erasure-stage

erasure-stage-decided = 已决定
erasure-stage-erased = 已删除

## erasure-step

erasure-step-decided = 决定删除
erasure-step-destroyed = 密钥已销毁

## qualification-stage

qualification-stage-received = 已收到材料
qualification-stage-correcting = 待补正
qualification-stage-not-accepted = 不予受理
qualification-stage-accepted = 已受理
qualification-stage-assessing = 评估中
qualification-stage-granted = 准予认定，待送达
qualification-stage-refused = 不予认定，待送达
qualification-stage-qualified = 已取得资质
qualification-stage-closed = 已办结
qualification-stage-renewing = 延续中
qualification-stage-lapsed = 资质到期
qualification-stage-withdrawn = 已撤销资质

## qualification-step

qualification-step-received = 收到材料
qualification-step-correction-requested = 要求补正
qualification-step-materials-completed = 补正材料
qualification-step-accepted = 受理
qualification-step-not-accepted = 不予受理
qualification-step-forwarded = 报送国家密码管理局
qualification-step-assessment-opened = 组织评估
qualification-step-assessor-named = 增补评审专家
qualification-step-assessor-declared = 评审专家声明
qualification-step-recused = 回避
qualification-step-reported = 提交评估报告
qualification-step-condition-checked = 核查条件
qualification-step-hearing-requested = 申请听证
qualification-step-hearing-closed = 听证结束
qualification-step-granted = 准予认定
qualification-step-refused = 不予认定
qualification-step-notified = 通知申请人
qualification-step-collected = 领取审批结果
qualification-step-listed-in-directory = 列入目录
qualification-step-name-change-filed = 申请机构名称变更
qualification-step-name-change-approved = 核准名称变更
qualification-step-name-change-refused = 不予名称变更
qualification-step-renovation-reported = 报告技术改造
qualification-step-renovation-approved = 核准技术改造
qualification-step-renovation-refused = 不予核准技术改造
qualification-step-renewal-filed = 申请延续
qualification-step-renewal-granted = 准予延续
qualification-step-renewal-refused = 不予延续
qualification-step-lapsed = 资质到期
qualification-step-withdrawn = 撤销资质
qualification-step-right-exercised = 行使权利
qualification-step-right-answered = 答复
qualification-step-overdue-noted = 登记逾期

## qualification-authority

qualification-authority-provincial = 省部密码管理部门
qualification-authority-national = 国家密码管理局

## qualification-applicant

qualification-applicant-enterprise = 取得许可的企业法人
qualification-applicant-public-institution = 事业法人

## qualification-channel

qualification-channel-window = 窗口接收
qualification-channel-post = 信函接收

## qualification-assessment

qualification-assessment-on-site = 现场核查
qualification-assessment-capability = 能力评估
qualification-assessment-security-review = 安全性审查
qualification-assessment-interoperability = 互联互通测试

## qualification-condition

qualification-condition-legal-person = 法人资格
qualification-condition-system = 电子认证系统
qualification-condition-staff = 专业技术人员等
qualification-condition-operation = 运行服务、应用支持和安全保障
qualification-condition-other = 法律法规规定的其他条件

## qualification-right

qualification-right-statement = 陈述、申辩
qualification-right-recusal = 申请回避
qualification-right-reconsideration = 行政复议
qualification-right-litigation = 行政诉讼
qualification-right-file-inspection = 查阅
qualification-right-report = 举报
qualification-right-compensation = 要求赔偿
qualification-right-suggestion = 意见和建议

## qualification-deadline

qualification-deadline-acceptance = 受理审查
qualification-deadline-forwarding = 报送材料
qualification-deadline-decision = 审批决定
qualification-deadline-delivery = 结果送达
qualification-deadline-name-change = 名称变更
qualification-deadline-renovation = 技术改造审查
qualification-deadline-renewal-filing = 申请延续
qualification-deadline-renewal-decision = 延续决定
qualification-deadline-expiry = 资质到期
qualification-deadline-listing = 列入或移出目录

## qualification-outcome

qualification-outcome-granted = 准予认定
qualification-outcome-refused = 不予认定

## material-fault

material-fault-not-original = 应提交原件
material-fault-copies = 纸质份数不足
material-fault-unsealed = 未加盖公章

## recognition-stage

recognition-stage-applied = 已申请
recognition-stage-prelim-passed = 初审通过
recognition-stage-approved = 已核准
recognition-stage-notice-sent = 已通报对方
recognition-stage-notified = 对方已确认
recognition-stage-ready-to-publish = 待发布
recognition-stage-recognised = 互认有效
recognition-stage-suspending = 决定暂停，待发布
recognition-stage-suspended = 已暂停
recognition-stage-reinstatement-applied = 已暂停，申请恢复
recognition-stage-reinstatement-prelim-passed = 已暂停，恢复初审通过
recognition-stage-reinstatement-approved = 已暂停，恢复已核准
recognition-stage-reinstatement-notice-sent = 已暂停，恢复已通报对方
recognition-stage-reinstatement-notified = 已暂停，对方已确认恢复
recognition-stage-reinstatement-ready = 已暂停，恢复待发布
recognition-stage-terminating = 决定终止，待发布
recognition-stage-terminated = 已终止
recognition-stage-refused = 不予核准

## recognition-step

recognition-step-applied = 提出申请
recognition-step-prelim-passed = 初审通过
recognition-step-approved = 核准
recognition-step-refused = 不予核准
recognition-step-counterpart-notified = 通报对方
recognition-step-counterpart-acknowledged = 对方确认
recognition-step-legal-procedure-done = 完成法律程序
recognition-step-published = 发布信任列表
recognition-step-certificate-filed = 报备新证书
recognition-step-certificate-recorded = 新证书备案
recognition-step-certificate-refused = 新证书不予备案
recognition-step-certificate-published = 发布新证书
recognition-step-breach-opened = 发现违规
recognition-step-correction-ordered = 责令改正
recognition-step-correction-accepted = 改正合格
recognition-step-agents-named = 变更经办人
recognition-step-measure-requested = 请求暂停或终止
recognition-step-suspension-decided = 决定暂停
recognition-step-reinstatement-applied = 申请恢复
recognition-step-termination-decided = 决定终止
recognition-step-notification-done = 完成通报
recognition-step-duty-fulfilled = 履行职责
recognition-step-assessment-ordered = 决定特别评估
recognition-step-mirror-imported = 对方导入发布
recognition-step-overdue-noted = 记录逾期

## recognition-deadline

recognition-deadline-counterpart-alerted = 知会对方
recognition-deadline-counterpart-written = 书面通报对方
recognition-deadline-result-written = 书面通报结果
recognition-deadline-ca-informed = 通知机构结果
recognition-deadline-superior-informed = 向上级主管部门报备
recognition-deadline-annual-inspection = 年检或年度评估
recognition-deadline-special-assessment = 特别评估
recognition-deadline-cps-conformity = 业务规则符合性审查
recognition-deadline-third-party-audit = 第三方执行审查
recognition-deadline-internal-audit = 安全管理和内部审计
recognition-deadline-information-protection = 信息保护
recognition-deadline-correction = 按要求改正

## recognition-cause

recognition-cause-request = 机构请求
recognition-cause-breach-uncorrected = 违规且拒不改正
recognition-cause-mis-issuance = 证书签发违法违规事件
recognition-cause-compromise = 密钥失密

## recognition-measure

recognition-measure-suspension = 暂停
recognition-measure-termination = 终止

## certificate-role

certificate-role-anchor = 根证书
certificate-role-issuer = 签发证书
certificate-role-status = 状态签名证书

## revocation-reason

revocation-reason-unspecified = 未说明
revocation-reason-key-compromise = 私钥泄露
revocation-reason-ca-compromise = CA私钥泄露
revocation-reason-affiliation-changed = 信息变更
revocation-reason-superseded = 被替代
revocation-reason-cessation-of-operation = 不再使用
revocation-reason-privilege-withdrawn = 资格取消

## outcome

outcome-pending = 待办
outcome-passed = 通过
outcome-failed = 不通过
outcome-waived = 免予
outcome-expired = 已失效

## payment

payment-none = 未缴费
payment-slip-uploaded = 已上传汇款凭证
payment-funds-confirmed = 已确认到账
payment-paid = 已支付
payment-deposit-sent = 验证打款中
payment-deposit-settled = 金融认证成功，待认证
payment-deposit-failed = 金融认证不通过
payment-account-reentered = 已重新填写账户
payment-code-verified = 待审核
payment-locked = 验证码错误次数过多，已锁定

## verdict

verdict-documents = 申请材料真实、齐全
verdict-identity = 身份真实
verdict-genuineness = 申请证书的意愿真实

## internal-checklist

internal-checklist-eligible = 申请人符合申请条件
internal-checklist-form = 申请表填写准确、完整
internal-checklist-documents = 其他材料齐全

## not-qualified

not-qualified-not-on-roster = 不在名册中
not-qualified-employment = { $employment }不得担任
not-qualified-contract = 当时没有有效的劳动合同
not-qualified-agency = 未与该代理机构签订劳动合同
not-qualified-training = 没有合格且有效的培训记录
not-qualified-licence = 当时没有执业资格
not-qualified-declaration = 未作利益冲突声明
not-qualified-conflict = 本人声明与客户存在利害关系
not-qualified-sanction = 处于处罚期内

## field-fault

field-fault-empty = 必须填写
field-fault-unknown = 申请表没有此项
field-fault-text = 应为1至256个可见字符
field-fault-format = 格式不正确
field-fault-check-character = 校验码不正确

## upload-fault

upload-fault-empty = 文件为空
upload-fault-size = 文件大小为{ $size }字节，不得超过{ $limit }字节
upload-fault-unrecognised = 无法识别文件格式
upload-fault-extension = 扩展名与文件内容不符
upload-fault-format = 此材料不接受{ $format }格式
upload-fault-unknown-extension = 不接受此扩展名
upload-fault-other = 不接受{ $format }文件
upload-fault-file-name = 文件名应为1至255个可见字符，且不含斜杠

## ground

ground-not-listed = 案件状态为“{ $phase }”，不能进行“{ $step }”
ground-case-exists = 同名案件已存在且内容不同，请另选名称
ground-not-of-this-kind = “{ $kind }”业务没有“{ $step }”这一步骤
ground-not-offered = 不提供以“{ $mode }”方式办理“{ $kind }”：{ $reason }
ground-mode-not-filed = 代理机构未报备“{ $mode }”办理方式或尚未开展
ground-no-agency = 未指明已报备的代理机构
ground-not-in-force = 规则{ $rules }未生效或已失效
ground-unknown-name = 规则中没有{ $what }“{ $name }”
ground-model-not-offered = 不提供“{ $model }”模式
ground-carrier = 此处不允许使用“{ $carrier }”
ground-subject = 不以此方式为{ $subject }办理证书
ground-missing = 缺少{ $what }
ground-wrong-state = { $what }的状态为“{ $state }”，现在不能“{ $verb }”
ground-issuer-not-ready = 机构{ $id }没有可用于签发的证书
ground-profile = 证书模板不允许签发此证书：{ $why }
ground-seat = “{ $seat }”不能办理此项
ground-same-person = { $person }已作为“{ $held }”参与此事，不能再作为“{ $wanted }”
ground-not-qualified = { $person }不具备“{ $seat }”资格：{ $why }
ground-not-authorised = { $organisation }未授权{ $agent }办理
ground-not-listed-applicant = { $person }不在{ $organisation }的申请人名单中
ground-not-a-party = { $person }不是本案当事人
ground-quota = { $certificate }最多可办理{ $limit }张，已有{ $held }张
ground-not-the-first = 已有{ $certificate }，请办理更新或补办
ground-years = 不能选择{ $years }年
ground-field = “{ $field }”一项：{ $why }
ground-upload = 材料“{ $document }”：{ $why }
ground-document-order = 请先提交材料“{ $document }”
ground-document-missing = 缺少材料“{ $document }”
ground-stale = 材料“{ $document }”由申请表第{ $of }版生成，现为第{ $now }版
ground-not-flagged = “{ $subject }”不在补正范围内
ground-separate-consent = “{ $agreement }”须单独同意
ground-check-open = “{ $check }”尚未通过
ground-check-derived = “{ $check }”由案件数据得出，不能另行登记
ground-evidence-missing = “{ $check }”须有下列证据之一：{ $needed }
ground-evidence-kind = “{ $given }”不是“{ $wanted }”
ground-identity-method = 不能以“{ $method }”核验“{ $document }”
ground-seat-empty = 没有“{ $seat }”参与
ground-verdict-no = “{ $point }”不符合要求：请退回或拒绝
ground-changed-since-registration = 注册信息在注册之后已变更
ground-outside-window = 更新须在{ $opens }至{ $closes }之间办理
ground-target-status = 证书状态为“{ $status }”，不能办理“{ $kind }”
ground-target-without = 案件{ $case }没有证书
ground-same-key = 密钥与原证书相同，请生成新密钥
ground-key = 不能接受申请中的密钥：{ $why }
ground-token = USB-Key { $token }的状态为“{ $status }”
ground-read-back = 回读内容与证书不符
ground-delivery = 不以“{ $method }”方式交付
ground-pin = 口令不得以“{ $channel }”方式告知“{ $recipient }”
ground-pin-told = 口令已告知
ground-payment-step = 此步骤与当前缴费状态不符
ground-account-holder = 账户户名为“{ $holder }”，与申请单位不符
ground-cooling = { $from }之后方可再次打款验证
ground-code-expired = 验证码已过期
ground-nothing-paid = 尚未缴费
ground-not-due = 期限尚未届满
ground-calendar = 没有{ $year }年的节假日安排，无法计算工作日
ground-person-number = 不得以证件号码或手机号码作为记录中的人员标识：标识以明文保存
ground-retained = { $person }的记录须保存至{ $until }
ground-not-ended = { $stream }尚未办结
ground-nothing-sealed = 没有以密钥封存的{ $person }的个人信息，或已全部删除
ground-words = { $what }须填写1至1000个字符，且不含不可见字符
ground-account-number = 账户与申请表所填不一致
ground-not-in-this-model = “{ $model }”模式没有“{ $step }”这一步骤
ground-not-correct = 信息有误时应提出异议，而不是确认
ground-objection-open = 所异议的证书尚未作废：请先作废或补办
ground-interval = 起止时间颠倒
ground-late = { $what }应在{ $by }之前完成：请推迟终止时间
ground-other-party = 该证书由“{ $froze }”冻结，“{ $asks }”不能解冻
ground-proceeding-step = 状态为“{ $stage }”，不能进行“{ $step }”
ground-authority = 此事由{ $wanted }办理
ground-material = 材料{ $material }：{ $why }
ground-report-missing = 尚无“{ $assessment }”报告
ground-report-failed = “{ $assessment }”未通过
ground-condition-open = 尚未认定符合条件：{ $condition }
ground-recused = { $person }应当回避，不再参与
ground-query-opens = { $after }之后方可查询
ground-presided = { $person }已主持听证，不得在本案中担任其他职务
ground-decision-day = 决定日期{ $dated }无效：应在{ $from }至{ $to }之间
ground-receipt-late = 该时间的收件应在{ $by }之前登记
ground-term-opens = 自{ $from }起方可申请延续
ground-flow-missing = 报备材料缺少以“{ $mode }”方式办理“{ $kind }”的流程
ground-provision-missing = 报备材料未就“{ $mode }”方式规定“{ $provision }”
ground-go-live-open = 开展“{ $mode }”方式前须确认“{ $go_live }”
ground-other-authority = 此事项不属于{ $given }，应由{ $wanted }办理
ground-class-taken = 互认事项{ $by }已涉及该证书类别
ground-not-independent = { $auditor }与{ $ca }不独立
ground-report-age = { $made }的报告无效：须在{ $oldest }之后、当前时间之前作出
ground-back-dated = 自{ $from }起生效属于倒签日期
ground-not-as-decided = 信任列表与决定不一致：{ $what }

## refusal

refusal-authority-exists = 机构{ $id }已存在
refusal-unknown = { $stream }不存在
refusal-no-such-profile = 没有名为“{ $name }”的证书模板
refusal-ruled = { $ground }（{ $requirements }）
refusal-no-intent = 序列号{ $serial }没有待完成的签发
refusal-time-runs-backwards = 系统时间早于上一次操作，请先校正
refusal-key-used = 幂等键 { $key } 已用于其他请求

## key-event

key-event-reported = 报告为不良密钥
key-event-cleared = 查明并非不良密钥
key-event-blocked = 封锁
key-event-swept = 再次清查证书

## phrase：程序文字中的短语，消息名取其英文字母与数字

phrase-a-proof-of-the-device-that-waits = 该设备待审核的资质证明
phrase-a-receipt-alone = 仅有回执，不附信函
phrase-a-signature-of-the-other-side = 对方的签名
phrase-a-signed-notice = 经签名的通报
phrase-a-signer-of-the-authority = 该机关登记的签署人
phrase-an-access-certificate-for-the-request-that-was-accepted-last = 最近一次接受备案的请求所对应的接入证书
phrase-an-access-certificate-that-is-to-be-revoked = 待撤销的接入证书
phrase-an-issuer-of-access-certificates-that-the-terms-name = 报备条款所列的接入证书签发机构
phrase-authority-for-devices = 密码设备资质证明出具机构
phrase-judged-in-a-device = 审核设备资质
phrase-rid-of-its-access-certificate = 登记接入证书撤销
phrase-staff-for-the-seats-of-the-mode-and-no-other = 仅限该办理方式岗位的人员
phrase-the-agents-of-the-ca-each-once = 机构的经办人（每人一次）
phrase-the-authority = 机构
phrase-the-certificate = 证书
phrase-the-checks-of-the-mode-and-no-other = 仅限该办理方式要求的核实事项
phrase-the-duty-that-is-overdue = 逾期未履行的义务
phrase-the-message-that-was-read = 所读取的信函
phrase-the-organisation = 单位
phrase-the-token = USB-Key
phrase-the-roster-s-entry = 名册条目
phrase-the-old-certificate = 原证书
phrase-attribute = 主体属性
phrase-cell = 业务单元
phrase-certificate = 证书
phrase-an-agreement = 协议
phrase-the-case-whose-certificates-it-is-about = 所涉证书的案件
phrase-the-reason = 事由
phrase-not-there = 不存在
phrase-reserved = 已预留
phrase-issued = 已签发
phrase-issued-and-not-handed-over = 已签发未交付
phrase-active = 有效
phrase-frozen = 冻结
phrase-revoked = 作废
phrase-burnt = 废弃
phrase-activated = 启用
phrase-unfrozen = 解冻
phrase-changed-nothing-waits-for-a-second-person = 变更（没有等待复核的事项）
phrase-proposed = 已提议
phrase-being-issued = 签发中
phrase-published = 发布
phrase-approved = 批准
phrase-asked-for-a-crl = 申请签发CRL
phrase-asked-for-a-delta-crl = 申请签发增量CRL
phrase-it-is-known-to-be-bad = 该密钥已知为不良密钥
phrase-swept = 再次清查
phrase-blocked = 已封锁
phrase-cleared = 已排除
phrase-reported-as-bad = 已报告为不良
phrase-an-authority-s = 机构自身的密钥
phrase-the-key = 该密钥
phrase-given-a-key = 登记密钥
phrase-given-a-certificate = 登记证书
phrase-issued-again = 重新签发
phrase-given-a-crl = 登记CRL
phrase-asked-for-that-crl-again = 再次申请该CRL
phrase-a-code-of-as-many-digits-as-were-sent = 与发出的位数相同的验证码
phrase-a-deficiency = 补正事项
phrase-a-kind = 业务种类
phrase-a-mode = 办理方式
phrase-account-order-or-practice-statement = 账号、订单或电子认证业务规则版本
phrase-an-applicant = 申请人
phrase-an-approver-with-so-much-authority = 具有相应权限的审批人
phrase-bound-to-a-case = 已绑定案件
phrase-bound-to-this-case = 绑定本案
phrase-check-of-this-case = 本案核验事项
phrase-confirmed = 确认
phrase-confirmed-in-its-modes = 确认办理方式
phrase-dropped = 移出
phrase-entered = 列入名册
phrase-entered-with-a-change-proposed = 已列入名册（有变更待复核）
phrase-field-or-document = 栏目或材料
phrase-freed-of-its-first-pin = 修改初始口令
phrase-fresh = 未使用
phrase-given-a-filing = 登记报备
phrase-given-an-agent = 授权经办人
phrase-given-an-approver = 指定审批人
phrase-given-applicants = 增加申请人
phrase-holder-bank-or-number-of-the-account = 账户的户名、开户行或账号
phrase-it-can-t-be-read = 无法读取
phrase-put-aside = 隔离
phrase-received = 入库
phrase-released-from-this-case = 解除与本案的绑定
phrase-removed = 移出名册
phrase-removed-with-a-return-proposed = 已移出名册（有恢复待复核）
phrase-retired = 已停用
phrase-rid-of-a-filing = 撤销报备
phrase-rid-of-an-agent = 撤销经办人
phrase-rid-of-an-approver = 解除审批人
phrase-rid-of-applicants = 减少申请人
phrase-sanctioned = 处罚
phrase-sanctioned-with-a-return-proposed = 处罚中（有恢复待复核）
phrase-suspended-in-a-mode = 暂停某一办理方式
phrase-taken-on = 接纳
phrase-the-account-that-paid = 付款账户
phrase-the-amount = 金额
phrase-the-code-s-salt-or-its-digest = 验证码的盐值或摘要
phrase-the-digest-of-the-agreement-s-text = 协议文本摘要
phrase-the-document-or-how-it-was-checked = 证件或核验方法
phrase-the-file-s-name-or-its-digest = 文件名或摘要
phrase-the-number-of-a-paper-1-to-256-characters = 文书编号（1至256个字符）
phrase-the-organisation-s-name = 单位名称
phrase-the-sealed-packet-s-number = 封装件编号
phrase-what-else-was-agreed = 其他约定
phrase-what-is-wrong = 问题说明
phrase-where-the-evidence-lies-or-its-digest = 证据存放处或摘要
phrase-why-a-proof-is-not-taken = 不予采纳资质证明的理由
phrase-without-a-key = 没有密钥
phrase-written = 写入证书
phrase-written-for-this-case = 已为本案写入
phrase-a-check-that-failed = 不通过的核验
phrase-a-refusal = 不予确认
phrase-a-deposit-that-failed = 失败的打款
phrase-an-objection = 异议
phrase-a-rejection = 拒绝
phrase-the-applicant-s-eligibility = 申请条件
phrase-the-form = 申请表
phrase-the-documents = 申请材料
phrase-documents = 申请材料
phrase-identity = 身份
phrase-genuineness = 申请证书的真实性
phrase-second-to-another = 已绑定其他USB-Key
phrase-not-in-the-inventory = 未登记入库
phrase-an-approver-with-his-authority = 审批人及其审批权限
phrase-an-agent = 经办人
phrase-the-list-of-applicants = 申请人名单
phrase-the-conditions-for-applying = 申请条件
phrase-dismissing-an-approver = 解除审批人
phrase-taking-an-authority-back = 撤销授权
phrase-suspending-a-mode = 暂停办理方式
phrase-unknown = 未知
phrase-taken-on-with-a-filing-that-waits = 已接纳（有报备待确认）
phrase-a-sanction = 处罚
phrase-a-removal = 移出名册
phrase-the-token-s-batch-1-to-64-characters = USB-Key批次（1至64个字符）
phrase-the-token-s-model-1-to-64-characters = USB-Key型号（1至64个字符）
phrase-the-token-s-label-1-to-64-characters = USB-Key标识（1至64个字符）
phrase-putting-a-token-aside = 隔离USB-Key
phrase-retiring-a-token = 停用USB-Key
phrase-consent = 同意事项
phrase-agreement = 协议
phrase-document = 材料
phrase-a-date-of-compromise-that-is-not-after-the-revocation = 不晚于作废时间的泄露时间
phrase-a-complete-list-with-certificates-that-say-where-its-delta-lies = 其证书标明增量CRL位置的完整CRL
phrase-a-reason-that-fits-where-it-was-decided = 与作出决定的环节相符的原因
phrase-a-receipt-of-a-notice = 通知回执
phrase-an-end-after-the-one-that-is-decided = 晚于已决定时间的终止时间
phrase-an-end-that-is-decided = 已决定的终止时间
phrase-announced = 通知有关各方
phrase-carried-out = 执行
phrase-ended = 终止
phrase-freed-of-its-freeze = 撤销冻结
phrase-given-a-worse-reason = 变更为更严重的原因
phrase-handed-over = 移交
phrase-not-decided = 未决定
phrase-not-frozen-at-once-by-this-case = 并非由本案立即冻结
phrase-ratified-as-frozen = 复核确认冻结
phrase-reported = 报告主管部门
phrase-superseded = 被替代
phrase-the-cessation = 终止服务
phrase-the-erasure = 个人信息删除
phrase-an-erasure = 个人信息删除
phrase-erased = 已删除
phrase-decided-and-its-keys-are-being-destroyed = 已决定，正在销毁密钥
phrase-under-way-with-a-change-proposed = 进行中（有变更待复核）
phrase-the-notice-to-the-parties = 对有关各方的通知
phrase-the-report-to-the-authority = 对主管部门的报告
phrase-the-name-of-the-ca-that-takes-over = 承接机构名称
phrase-the-end-of-a-service = 终止服务的事由
phrase-rule-set = 规则集
phrase-linked = 签发链接证书
phrase-changed-nothing-waits-for-a-second-officer = 变更（没有等待第二名密钥管理员确认的事项）
phrase-declared-compromised = 宣布密钥泄露
phrase-freed-of-what-was-asked-for-nothing-was = 撤回所提事项（没有待确认的事项）
phrase-retiring = 退役中
phrase-compromised = 密钥已泄露
phrase-closed = 停用
phrase-noted-as-overdue = 登记为逾期
phrase-a-time-of-receipt-that-has-come = 不晚于当前的收件时间
phrase-the-enterprise-s-licence-for-certification-services = 企业法人的电子认证服务许可
phrase-an-applicant-that-is-either-licensed-or-a-public-institution = 企业法人（附许可）或者事业法人之一的申请人
phrase-material = 材料
phrase-a-list-of-1-to-100 = 1至100项的清单
phrase-an-assessment-that-is-made-of-such-applicants = 适用于该类申请人的评估项目
phrase-the-notice-to-the-applicant = 对申请人的通知
phrase-the-decision-on-the-other-name = 对名称变更申请的决定
phrase-another-name = 不同的名称
phrase-a-person-who-acts-for-an-authority = 行政机关一方的人员
phrase-the-decision-on-the-renovation = 对技术改造的审查决定
phrase-a-right-of-this-number-that-waits-for-an-answer = 该序号的待答复事项
phrase-the-forwarding-of-the-materials = 材料的报送
phrase-an-application-that-nobody-assesses = 尚未组织评估的申请
phrase-the-assessor-s-declaration-about-conflicts-of-interest = 评审专家的利害关系声明
phrase-the-close-of-the-hearing = 听证的结束
phrase-the-request-of-a-hearing = 听证申请
phrase-the-answer-to-a-statement-or-a-request-for-recusal = 对陈述、申辩或回避申请的答复
phrase-an-sm3-digest-of-32-octets = 32字节的SM3杂凑值
phrase-a-list-that-says-how-the-qualification-stands = 与资质现状一致的目录
phrase-a-list-with-a-greater-sequence-number = 序号更大的目录
phrase-an-application-for-another-name = 名称变更申请
phrase-a-report-of-a-renovation = 技术改造报告
phrase-a-term-that-ends = 有期限的资质
phrase-a-decision = 决定
phrase-an-application-that-is-not-decided-on = 尚未作出决定的申请
phrase-the-acceptance-of-the-application = 申请的受理
phrase-the-name-of-an-office = 受理单位名称
phrase-an-applicant-s-name = 申请人名称
phrase-the-number-of-a-licence = 许可证编号
phrase-a-point-to-be-put-right = 补正事项
phrase-the-name-of-a-professional-body = 专业技术机构名称
phrase-a-recusal = 回避
phrase-the-number-of-a-decision = 决定文号
phrase-the-signature-of-a-decision = 决定的签署
phrase-the-name-of-a-list = 目录名称
phrase-an-answer = 答复
phrase-1-to-100-deficiencies = 1至100项修改意见
phrase-a-certificate-as-the-profile-gives-it-to-the-filed-request = 与报备请求及证书模板一致的证书
phrase-a-certificate-and-that-of-its-issuer = 证书及其签发机构证书
phrase-a-changed-filing = 修改后的报备材料
phrase-a-device-s-certificate-that-is-good-now-and-has-an-end = 现行有效且有截止日期的密码设备资质证明
phrase-a-filing-that-is-with-the-ca = 待审阅的报备材料
phrase-a-filing-that-waits-for-its-paper = 等待书面材料的报备
phrase-a-filing-that-went-back = 已退回的报备材料
phrase-a-hand-over-list-with-each-open-case-and-no-other = 与全部未结案件一致的移交清单
phrase-a-handler-and-a-checker-who-are-two = 两名不同的业务经办人员与复核人员
phrase-a-mode-that-has-not-begun = 尚未开展的办理方式
phrase-a-mode-that-rests = 已暂停的办理方式
phrase-a-proposal = 拟办意见
phrase-a-receipt-of-its-own = 独立的回执编号
phrase-accepted = 已接受备案
phrase-an-accepted-filing-with-this-receipt-and-mode = 该回执与办理方式对应的已接受备案
phrase-an-access-certificate-that-is-good-now = 现行有效的接入证书
phrase-an-answer-to-each-deficiency-by-its-number = 对每项修改意见的逐条答复
phrase-an-end-of-the-filing-before = 上一次报备的办结
phrase-an-end-of-the-inspection-before = 上一次核查的办结
phrase-an-inspection-that-runs = 进行中的核查
phrase-closed-as-inspected = 结束核查
phrase-consulted-about = 沟通
phrase-consulting = 沟通中
phrase-filed = 报备
phrase-filed-again = 重新报备
phrase-filed-with-an-acceptance-proposed = 已报备，拟接受备案
phrase-given-a-proof-of-a-device = 提交密码设备资质证明
phrase-given-an-access-certificate = 签发接入证书
phrase-given-evidence = 提供备查材料
phrase-given-its-paper = 登记书面材料
phrase-in-force-with-a-proposal-that-waits = 已备案，有待确认的拟办意见
phrase-inspected = 核查
phrase-modes-that-were-not-accepted-before = 此前未接受备案的办理方式
phrase-operating = 已开展业务
phrase-profile = 证书模板
phrase-proposed-for-acceptance = 拟接受备案
phrase-proposed-for-restoration = 拟恢复
phrase-put-into-operation = 开展业务
phrase-returned = 退回修改
phrase-suspended = 暂停
phrase-terminated = 终止
phrase-the-access-certificate = 接入证书
phrase-the-accreditation = 代理备案
phrase-the-accreditation-s-own-step-it-opens-and-closes-the-agency-s-modes = 代理备案的相应步骤（办理方式由备案开放和关闭）
phrase-the-agency-in-the-register-of-organisations = 单位登记中的代理机构
phrase-the-agreement = 代理协议
phrase-the-digest-of-a-document = 文件摘要
phrase-the-electronic-form-that-the-receipt-names = 与回执对应的电子版
phrase-the-filing-on-paper = 书面报备材料
phrase-the-issuer-s-signature-on-the-certificate = 签发机构对证书的签名
phrase-the-marks-on-the-agreement-that-was-filed = 所报备协议的签章情况
phrase-the-provision-in-the-earlier-filing = 前次报备中的相应规定
phrase-the-provision-in-the-filing-itself = 本次报备中的相应规定
phrase-the-request-for-the-access-certificate = 接入证书请求
phrase-two-sealed-copies-on-paper = 加盖公章的书面材料一式两份
phrase-version-of-the-agreement = 代理协议版本
phrase-what-is-taken-over-from-an-earlier-filing = 所援引的内容
phrase-what-the-inspection-asks-for = 核查所需材料
phrase-a-device-s-model-serial-number-certificate-or-authority = 设备型号、序列号、证书编号或发证机关
phrase-the-name-of-whoever-signed-the-agreement = 协议签署人姓名
phrase-the-number-of-the-earlier-filing = 前次报备编号
phrase-the-number-on-the-receipt = 回执编号
phrase-where-a-document-lies = 文件存放位置
phrase-it-names-another-organisation-than-the-agency = 请求中的机构名称与代理机构不符
phrase-it-does-not-say-where-the-key-was-made = 未说明密钥的产生环境
phrase-it-was-made-in-a-test-environment = 密钥产生于测试环境
phrase-it-was-made-in-software = 密钥由软件产生
phrase-no-proof-of-its-device-s-qualification-is-filed = 未报备产生密钥的设备的资质证明
phrase-the-signature-on-the-agreement = 协议上的签字
phrase-the-seal-on-the-agreement = 协议上的公章
phrase-the-seal-across-the-agreement-s-pages = 协议的骑缝章
phrase-a-question-or-an-answer = 沟通内容
phrase-the-answer-to-a-deficiency = 对修改意见的答复
phrase-an-inspection = 核查事项
phrase-an-end-of-the-proposal-before = 上一项拟办意见的办结
phrase-the-day-on-which-the-mode-may-begin = 办理方式的起始日期
phrase-32-certificates-at-most = 不超过32张证书
phrase-a-breach-for-this-cause-and-no-other = 仅该事由须有的违规记录
phrase-a-breach-of-this-number = 该编号的违规记录
phrase-a-breach = 违规情形
phrase-a-certificate-that-is-new = 新的证书
phrase-a-certificate-that-is-on-record = 已备案的证书
phrase-a-certificate-that-was-filed = 已报备的证书
phrase-a-certificate-that-is-an-anchor = 根证书
phrase-a-certificate-that-issues = 签发证书
phrase-a-certificate-that-signs-status = 状态签名证书
phrase-a-conformity-review-of-the-new-statement-of-practice = 新业务规则的符合性审查报告
phrase-a-correction-of-each-breach = 每项违规的改正
phrase-a-duty-that-is-owed = 应履行的职责
phrase-a-licence-that-holds-now = 有效的许可
phrase-a-list-after-the-last-one = 上一列表之后的列表
phrase-a-new-application = 新的申请书
phrase-a-notice-that-is-owed = 应作的通报
phrase-a-notice-that-is-still-owed = 尚未完成的通报
phrase-a-number-of-days-from-1-to-3650 = 1至3650之间的天数
phrase-a-report-of-what-happened-for-this-cause = 该事由的事件报告
phrase-a-request-of-the-ca = 机构的请求
phrase-a-side-with-two-approvals = 设有初审的一方
phrase-an-application = 申请
phrase-an-auditor-of-the-roster = 名册内的独立第三方机构
phrase-an-event-that-has-happened = 已发生的事件
phrase-an-order-to-correct-the-breach-whose-time-has-passed = 已到期的责令改正通知
phrase-auditor = 独立第三方机构
phrase-authority = 主管部门
phrase-each-certificate-once = 不重复的证书
phrase-jurisdiction = 地区
phrase-policy = 证书策略
phrase-the-approval-of-a-key-s-hardware = 密钥设备的批准号
phrase-the-ca-s-certificates = 机构证书
phrase-the-ca-s-name = 机构名称
phrase-the-cause = 事由
phrase-the-class = 证书类别
phrase-the-decision-s-number = 决定文号
phrase-the-entry = 列表条目
phrase-the-hardware-of-a-key = 密钥设备
phrase-the-identifier-of-the-policy = 策略标识符
phrase-the-identifier-that-the-entry-has = 该条目已有的标识符
phrase-the-list-that-was-published-last = 最近发布的列表
phrase-the-notice-that-was-sent = 已发出的通报
phrase-the-number-of-the-decision = 决定文号
phrase-the-number-of-the-licence = 许可证号
phrase-the-opinion-of-the-preliminary-review = 初审意见
phrase-the-sm3-of-a-certificate = 证书的SM3摘要
phrase-the-standing = 状态
phrase-the-time-from-which-it-holds = 生效时间
phrase-the-time-of-the-event = 事件时间

## package：供检查人员查看的经过

package-title = { $history }及相关事项的经过（北京时间）
package-actor = { $person }（{ $seat }）
package-enclosed = { $kind }：{ $reference }，附于 evidence/{ $digest }
package-elsewhere = { $kind }：{ $reference }，未附，SM3 { $digest }

## 并列项之间

list-separator = 、

## accreditation-stage

accreditation-stage-consulting = 沟通中
accreditation-stage-filed = 已报备
accreditation-stage-returned = 退回修改
accreditation-stage-accepted = 已接受备案
accreditation-stage-operating = 已开展业务
accreditation-stage-suspended = 暂停业务
accreditation-stage-terminated = 已终止

## accreditation-step

accreditation-step-consultation-opened = 提出沟通
accreditation-step-consultation-noted = 沟通往来
accreditation-step-package-filed = 提交报备材料
accreditation-step-paper-registered = 登记书面材料
accreditation-step-deficiency-returned = 反馈修改意见
accreditation-step-refiled = 重新报备
accreditation-step-acceptance-proposed = 拟接受备案
accreditation-step-filing-accepted = 接受备案
accreditation-step-proposal-discarded = 撤销拟办意见
accreditation-step-access-cert-issued = 签发接入证书
accreditation-step-device-proof-filed = 提交密码设备资质证明
accreditation-step-device-proof-judged = 审核密码设备资质证明
accreditation-step-operation-started = 开展业务
accreditation-step-inspection-opened = 开始核查
accreditation-step-evidence-produced = 提供备查材料
accreditation-step-inspection-closed = 结束核查
accreditation-step-modes-suspended = 暂停部分办理方式
accreditation-step-suspended = 暂停全部业务
accreditation-step-restoration-proposed = 拟恢复业务
accreditation-step-restored = 恢复业务
accreditation-step-terminated = 终止代理
accreditation-step-access-cert-revoked = 接入证书已撤销
accreditation-step-overdue-noted = 逾期记录

## accreditation-deadline

accreditation-deadline-consultation-answered = 答复沟通问题
accreditation-deadline-filing-examined = 审阅报备材料
accreditation-deadline-filing-corrected = 修改后重新报备
accreditation-deadline-evidence-produced = 提供备查材料
accreditation-deadline-device-renewed = 更新密码设备资质证明
accreditation-deadline-device-qualified = 密码设备资质到期
accreditation-deadline-access-renewed = 更新接入证书
accreditation-deadline-access-ended = 接入证书到期
accreditation-deadline-access-revoked = 撤销接入证书

## accreditation-mode

accreditation-mode-accepted = 已接受备案，尚未开展
accreditation-mode-operating = 已开展
accreditation-mode-suspended = 暂停
accreditation-mode-ended = 已终止

## accreditation-cause

accreditation-cause-request = 机构申请
accreditation-cause-breach = 违反规定

## provision

provision-licence = 执业资格
provision-duties = 岗位职责
provision-conduct = 执业行为
provision-training = 培训考核
provision-conflicts = 防范利益冲突
provision-sanctions = 处罚措施
provision-employment = 劳动合同要求
provision-public-check = 见证资格公开核查
provision-recording = 影像（音）留存
provision-paper-form = 纸质申请表当面签署
provision-natural-persons = 仅为自然人签发软证书
provision-identity = 身份核查
provision-traces = 关键步骤留痕
provision-live-session = 双向实时音视频
provision-archive = 凭证电子化管理

## go-live

go-live-system-connected = 系统接入
go-live-staff-trained = 人员培训合格
go-live-roster-published = 见证人员公示
go-live-recording-ready = 影像留存就绪
go-live-session-ready = 音视频会话就绪
go-live-archive-ready = 凭证留存就绪
