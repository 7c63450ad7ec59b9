"""The table of families of trades: how near the trades of each are, and the names that people give them.

Knows nothing else; `matching.trades` says what the names mean.
"""

# Closeness, the family's own names, then a line a trade. Who wants the family takes any of its trades.
FAMILIES = """
0.75 普工 工厂普工 工厂 流水线 操作工 生产工 作业员 生产操作员 工厂工人 factory-worker production-operator
  包装工 打包工 包装员 packer
  装配工 组装工 电子装配工 组装员 装配员 assembler
  绕线工 绕线操作工
  插件工 SMT操作员 SMT 电子设备操作员 电子厂普工 焊锡工
  注塑工 注塑操作工
  缝纫工 平车工 车位工 制衣工 裁剪工 sewing-machine-operator
  搬运工 装卸工 搬运员 装卸员 loader
  分拣员 分拣工 拣货员 理货员 分拣操作员 picker
0.55 质检员 质检 质量检验员 检验员 品检员 品检 QC quality-inspector
  食品检验员 化验员 食品检验
  品质工程师 质量工程师 QE 品质主管 quality-engineer
0.5 电工 维修电工 低压电工 高压电工 厂区电工 物业电工 值班电工 水电工 electrician
  弱电工 弱电工程师 弱电技术员 弱电安装工 安防工程师 综合布线 low-voltage-technician
  机修工 机修 设备维修工 设备维修 维修工 设备维护 设备保全 maintenance-technician mechanic
  电梯维修工 电梯工 电梯维保员 电梯维修
  空调维修工 制冷工 空调安装工
  汽修工 汽车维修工 车维修工 修车 auto-mechanic
  万能工 工程维修 综合维修工 物业维修工 物业维修员 工程维修员
0.5 机械加工 机加工
  焊工 电焊工 氩弧焊工 二保焊工 气保焊工 焊接工 welder
  钳工 装配钳工 模具钳工 fitter
  铆工 冷作工
  车工 数控学徒 数控车工 普车工 turner
  铣工 数控铣工
  加工中心操作工 CNC操作工 CNC操机 数控操作工 数控操机 加工中心 CNC CNC-operator
  冲压工 钣金工 折弯工
  打磨工 抛光工
0.55 司机 驾驶员 开车 driver
  货车司机 卡车司机 大车司机 配送司机 送货司机 冷链司机 货运司机 B2司机 A2司机 truck-driver
  叉车司机 叉车工 叉车 叉车操作员 forklift-driver forklift-operator
  客车司机 班车司机 巴士司机 公交司机 巴士驾驶员 公交驾驶员 bus-driver
  网约车司机 出租车司机 代驾 专车司机
  洒水车司机 环卫司机 特勤司机
  行车工 天车工 起重机司机 塔吊司机
0.65 配送员 送货员 送货 配送 delivery-driver
  快递员 快递 收派员 快递小哥 courier
  外卖员 骑手 外卖骑手 送外卖 外卖
0.55 仓储 仓库 warehouse-worker
  仓库管理员 仓管员 仓管 库管 仓库管理 库管员 保管员 冷库管理员 warehouse-keeper
  验收员 收货员 药品验收员 验货员
  仓库主管 仓储主管 warehouse-supervisor
  调度员 物流调度 调度
  物流专员 物流跟单
0.6 保洁 保洁员 清洁工 保洁阿姨 打扫卫生 清扫员 卫生员 钟点保洁 cleaner
  家政 家政服务员 保姆 住家保姆 钟点工 家政阿姨 做家务 housekeeper nanny
  洗碗工 洗碗 勤杂工 杂工 dishwasher
  客房服务员 客房 客房清洁 客房保洁 room-attendant
  环卫工 环卫工人
  家电清洗工 家电清洗 清洗工
  消毒员 消毒工
0.6 绿化工 园林绿化工 苗圃工 修剪工 园艺工 绿化养护工 养护工 园林工 绿化 花工 gardener
  园林施工员 绿化施工员
0.6 护工 护理员 养老护理员 照顾老人 老人护理 陪护 医院护工 看护 照护员 上门护理员 护理 caregiver care-worker
  月嫂 母婴护理师 母婴护理员 母婴护理
  育婴师 育婴员 育儿嫂 带孩子 babysitter
  保育员 保育老师 保育师 生活老师
0.35 医护
  护士 护师 病区护士 门诊护士 口腔护士 注册护士 护士长 nurse
  医生 医师 大夫 全科医生 doctor physician
  康复师 康复治疗师 理疗师 推拿师 按摩师 physiotherapist
  检验技师 医学检验 检验师
  导诊 导医 前台导诊 导诊员
0.6 药房
  药师 药剂师 执业药师 pharmacist
  药店店员 药店营业员 药房营业员 药品营业员 连锁药店营业员 药工 药士
  中药调剂员 调剂员
  医药代表 OTC代表 医药销售
0.6 厨师 炒菜 大厨 厨工 食堂厨师 中餐厨师 中式烹调师 烹调师 炒锅 做饭 炊事员 cook chef
  切配工 食品加工工 净菜加工工 切配 配菜员 配菜 帮厨 打荷 厨房帮工 kitchen-assistant
  面点师 面点师傅 面点工 中式面点 白案
  西点师 西式面点师 烘焙师 烘焙工 烘焙学徒 蛋糕师 裱花师 面包师 baker
  咖啡师 奶茶店员 饮品师 调饮师 barista
0.6 服务员 餐厅服务员 传菜员 宴会服务员 餐饮服务员 酒店服务员 waiter waitress
  迎宾 礼仪 迎宾员
  餐厅经理 餐厅主管 店长 储备店长 餐饮管理 store-manager
0.6 营业员 店员 导购 导购员 促销员 售货员 shop-assistant
  收银员 收银 cashier
  理货 上货员
0.5 保安 保安员 安保 安保员 门卫 秩序维护员 保安车管 security-guard
  安检员 安检 地铁安检员
  宿舍管理员 宿管 宿舍管理 宿舍管理人员 宿管员 dormitory-warden
  监控员 看监控 监控值班 视频监控员
  消防员 消防设施操作员 消防监控员 应急救援员 应急救援队员 消控员 中控员 消防中控 消防中控员
  安全员 安全管理员 安全专员 safety-officer
0.55 销售 业务员 销售员 销售代表 销售顾问 客户经理 销售专员 跑业务 salesperson sales sales-representative
  电话销售 电销 电销员
  外贸业务员 外贸业务 外贸 外贸跟单 外贸跟单专员 外贸专员 跟单员 跟单 foreign-trade-clerk
  置业顾问 房产经纪人 房产中介 房产销售
  课程顾问 招生老师 招生顾问
  采购员 采购专员 采购 采购助理 buyer
0.55 客服 客服专员 客服代表 在线客服 电话客服 售后客服 话务员 接线员 customer-service customer-service-agent
  物业管家 物业管理 管家 物业客服 楼宇管家
0.6 文员 行政文员 办公室文员 办公文员 内勤 助理文员 文员助理 clerk office-clerk
  前台 前台接待 行政前台 前台文员 接待员 商务前台 前台客服 receptionist
  酒店前台 宾馆前台 公寓前台 hotel-receptionist
  销售内勤 销售助理 销售文员 跟单文员
  行政 行政专员 行政助理 行政人事 administrative-assistant
  人事专员 人事 人事助理 招聘专员 HR 人力资源 人力资源主管 人事主管 人力资源经理 招聘经理 招聘主管
  数据录入员 录入员 打字员 数据标注员 资料员 data-entry-clerk
  教务助理 教务 教务老师 教务专员
  统计员 生产文员
0.6 会计 财务 财务助理 会计助理 财务会计 财务专员 成本会计 总账会计 事务所会计 accountant
  代账会计 外账会计 代理记账 代账 记账会计
  出纳 出纳员 cashier-accountant
  审计 审计员 审计助理
0.55 教师 老师 任课老师 培训教师 培训讲师 讲师 teacher
  幼儿园教师 幼师 幼教 幼儿教师 幼儿园老师 kindergarten-teacher
  家教 辅导老师 线上家教 家庭教师 一对一老师 tutor
  托管老师 晚辅老师 晚托老师
  数学老师 数学教师 初中数学老师 数学思维老师 小初高数学老师
0.6 程序员 软件工程师 软件开发 开发工程师 软件开发工程师 programmer software-engineer developer
  Java开发 Java工程师 Java开发工程师 后端开发 后端工程师 java-developer backend-developer
  前端开发 前端工程师 前端开发工程师 Web前端 frontend-developer
  Python开发 Python工程师 python-developer
0.55 通信工程师 通信工程技术人员 网络维护 光纤熔接 光缆施工 装维工程师 宽带装维 装维 通信技术员 通信光缆 线务员
  网络工程师 网络技术员
0.55 技术支持 实施工程师 售后工程师 软件实施
  测试工程师 软件测试 测试员 软件测试工程师 test-engineer tester
  运维工程师 运维 系统运维 网络管理员 网管 运维员
  数据分析 数据分析师 数据分析员 data-analyst
  算法工程师 机器学习工程师
0.5 机械工程师 机械设计 机械设计工程师 结构工程师 mechanical-engineer
  电气工程师 自动化工程师 PLC工程师 电气设计 electrical-engineer
  硬件工程师 电子工程师 嵌入式工程师 hardware-engineer
  工艺工程师 工艺员
0.55 运营 运营专员 运营助理 园区运营专员
  新媒体运营 内容运营 社媒运营 公众号运营 短视频运营 抖音运营 小红书运营 自媒体运营 账号运营 新媒体 new-media-operator
  电商运营 店铺运营 天猫运营 淘宝运营 京东运营 拼多多运营 亚马逊运营 跨境电商运营 外贸运营 网店运营
  直播运营 场控 中控 助播
  社群运营 活动运营 产品运营 游戏运营
  市场专员 市场推广 市场策划 市场助理 市场 marketing
  主播 带货主播 直播
  文案 文案策划 短视频文案 编导 文案编辑 新媒体文案 copywriter
  编辑 小编 英语编辑 文字编辑 图书编辑
  剪辑 视频剪辑 剪辑师 短视频剪辑 后期剪辑
0.45 平面设计 平面设计师 美工 视觉设计 视觉设计师 电商美工 电商设计 图形设计 graphic-designer
  UI设计师 UI设计 交互设计 网页设计
  修图师 修图 照片修图
  包装设计 包装设计师
  特效师 特效设计师 3D设计师 三维设计师 建模师 动画师 视频设计师 游戏美术 原画师
  产品设计师 工业设计师 ID设计 产品ID设计 外观设计
  室内设计师 室内设计 空间设计师 软装设计师 物料设计师 装修设计师
  服装设计师 服装设计 打版师
0.4 义齿技师 牙科技师 齿科技师 口腔技师 微笑设计师傅 模型设计师傅 电脑设计钢托 钢托 石膏部 正畸师傅 义齿设计
0.5 产品经理 产品助理 产品专员
0.55 建筑工 建筑工人 工地 小工 construction-worker
  木工 carpenter
  瓦工 泥瓦工 泥水工 贴砖工
  油漆工 涂装工 喷漆工 painter
  钢筋工
  施工员 施工管理 现场施工员
0.5 生产管理
  班组长 生产组长 生产线长 线长 拉长 组长 夜班组长 生产班长 team-leader
  车间主任 生产主管 production-supervisor
0.6 饲养员 饲养工 养殖工 养殖员 养殖技工 养殖 猪场饲养 养殖技术员 喂养 animal-keeper
  养殖储备干部 养殖生产储备干部 养殖场主管 场长
  水产养殖 渔工 鱼池管理
  兽医 动物防疫
0.6 农艺 种植工 农工 果园工 大棚种植 采摘工 farm-worker
0.6 社工 社会工作者 社区工作者 社区专职 活动策划 social-worker
  志愿者
0.6 美容师 美发师 美甲师 发型师 理发师 纹绣师 hairdresser beautician
"""
