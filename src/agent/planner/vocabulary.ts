import type { Vocabulary } from "./words.js";

/** Words of the trade that several grammars share. What only one of them knows stands in its own file. */
export const trade: Vocabulary = {
  // doing
  show: "покажи, показать, покаж, покажите, показывай, проверь, проверить, проверьте, уточни, узнай, выясни, выведи, вывести, отобрази, дай, дайте, глянь, посмотри, посмотреть, посмотрим, хочу увидеть, show, display, give, list, see, view, print, get, перечисли, check, verify, подкинь, глянуть, взгляни, давай посмотрим, отрази, предоставь, вывали, сформируй, построй, нарисуй, собери, посчитай, подсчитай, рассчитай, прикинь, draw, build, calculate, compute, run me, bring me, fetch, plot me",
  find: "найди, найти, найдите, нади, поищи, ищи, искать, поиск, разыщи, отыщи, пробей, подними, find, search, look up, lookup, look for, locate, search for, откопай, подтяни, достань, вытащи, найдется, отыскать, разузнай, вспомни, подыщи, pull up, bring up, dig up, hunt down, track down, find me",
  create:
    "создай, создать, создайте, создавай, создадим, создавать, заведи, завести, заведите, заводи, добавь, добавить, добавьте, добавляй, оформи, оформить, сделай, сделать, внеси, занеси, занести, поставь, поставить, поставьте, запланируй, назначь, назначить, пробей сделку, create, make, add, start, set up, =set, register, log, enter, raise, зарегистрируй, зарегистрировать, сформируй, организуй, вбей, вбить, забей, накидай, впиши, вписать, пропиши, внести, заводим, создаем, оформляем, добавляем, открываем, put in, put together, generate, draft, prepare a deal, setup",
  open: "открой, открыть, откройте, open",
  new: "новый, новая, новую, новое, новые, новых, нового, new",
  move: "перенеси, перенести, переведи, перевести, передвинь, передвинуть, двинь, двигай, двинуть, подвинь, перемести, переместить, перекинь, перебрось, перекидывай, переводи, переноси, смени, сменить, поменяй, продвинь, закрой, закрыть, закройте, закрываем, закрывай, move, push, shift, advance, close, transfer, change, mark, switch, ушла, перешла, переходит, переехала, сдвинь, сдвинуть, закинь, кинь, верни, вернуть, перекинуть, подвинуть, двинем, переносим, переводим, двигаем, отправь в, переставь, переставить, drag, bump, progress, promote, put into, send to, goes to, moved, moving, переехал",
  delete:
    "удали, удалить, удалите, удаляй, удаление, снеси, снести, сотри, стереть, уничтожь, очисти, зачисти, грохни, выпили, delete, remove, erase, wipe, purge, destroy, get rid, drop, убей, вырежи, затри, прибей, trash, nuke",
  not: "не, нет, без, никаких, никакого, никакую, never, not, don't, dont, do not, doesn't, without, no, нельзя, isn't, won't",
  instead: "просто, только, лучше, just, only, instead, rather, а лучше",
  // things
  deal: "сделка, сделки, сделок, сделку, сделке, сделкой, сделкам, сделками, сделочка, сделочку, сделочек, deal, deals, opportunity, opportunities, сделочки, сделочкой, продажная сделка",
  lead: "лид, лида, лиды, лидов, лидик, lead, leads, заявка, обращение, enquiry",
  client:
    "клиент, клиентка, контрагент, покупатель, заказчик, компания, фирма, организация, контакт, контакты, контактные данные, client, customer, company, contact, contacts, contact details, account, buyer, партнер, фирмочка, контора, конторка, предприятие, завод-клиент, firm, business, organisation, organization, vendor, partner, клиентик, заказчица, юрлицо, ип, контрагентик",
  company: "компания, фирма, организация, company, firm, контора, предприятие, organization, organisation, business",
  task: "задача, задачка, задачу, задание, напоминание, дело, todo, task, reminder, to-do, задачи, задачку, поручение, поручи, напоминалка, таск, таску, таска, follow-up, followup, action item",
  note: "заметка, заметку, примечание, комментарий, коммент, комент, пометка, note, notes, comment, memo, запись в карточку, ремарка, ремарку, комментарии, примечания, пометку, remark, annotation",
  document:
    "документ, дока, доку, доки, файл, регламент, инструкция, политика, положение, приказ, договор, контракт, статья, страница, методичка, памятка, шаблон, бланк, гайд, документация, база знаний, document, doc, docs, file, page, policy, policies, regulation, guideline, guidelines, manual, instruction, instructions, contract, agreement, article, template, handbook, procedure, guide, мануал, гайдлайн, методика, методичку, методические, стандарт, устав, протокол, соглашение, доверенность, спецификация, техзадание, faq, wiki page, spec, specification, standard, whitepaper, form, checklist, чек-лист, чеклист, презентацию компании",
  stage: "этап, стадия, стадию, статус сделки, колонка, stage, step, status of deal",
  pipeline: "воронка, воронку, воронке, pipeline, funnel",
  warehouse: "склад, склада, складе, складу, складом, warehouse, depot, storage",
  warehouses: "склады, складам, складов, складах, warehouses",
  sales:
    "продажа, продажи, продаж, продажам, продажах, реализация, выручка, выручки, выручку, оборот, sales, revenue, turnover, sell, sold, selling, продали, продано, продаем, продавали, продавались, продавался, продается, продаются, продавать, отгрузили, наторговали, купил, купила, купили, покупал, покупали, покупает, покупают, bought, buy, buys, buying, purchased, сбыт, сбыта, доход, доходы, доходов, касса, кассу, поступления, выручкой, оборотка, оборота, =ушло, реализовали, отгружено, продали-ка, продавалось, продалось, раскупили, берут, брали, брал, брала, берет, заказал, заказывал, заказывала, заказывали, income, takings, earnings, billings, gmv, ship, shipped, sale, purchases by, orders from, принес, принесла, принесли, brought in",
  stock:
    "остаток, остатки, остатка, остатков, остаткам, осталось, остался, наличие, наличии, запас, запасы, запасов, хватит, в наличии, на складе, stock, stocks, in stock, on hand, inventory, left, available, availability, остаточки, лежит на складе, на остатках, складские, складских, in the warehouse",
  system:
    "система, систем, системы, системой, интеграция, интеграции, интеграций, интеграцией, коннектор, system, systems, integration, integrations, connector, connectors",
  history:
    "история, историю, истории, хронология, таймлайн, лента, history, timeline, предыстория, предысторию, background, track record, хронологию, активность клиента, активности, activity log, =activities",
  phone: "телефон, номер телефона, тел, телефончик, номер, мобильный, phone, number, mobile, cell",
  mail: "почта, почту, почты, емейл, e-mail, email, имейл, мыло, mail, address",
  inn: "инн, inn, tin",
  // people
  me: "мой, моя, мои, мое, моих, моим, моими, моей, моего, мною, мне, меня, у меня, я, my, mine, i, me",
  owner:
    "ответственный, ответственного, ответственным, ответственная, ответственной, менеджер, менеджера, менеджером, менеджеру, owner, owned, owned by, manager, responsible, assigned, assignee, исполнитель, исполнителем, сотрудник, коллега",
  him: "ему, его, ней, ей, им, их, них, ним, нему, него, нее, нем, ею, они, он, она, оно, его же, them, him, her, his, their, they, he, she, it, its, those, тот же, та же, тем же, того же, той же, этот клиент, этого клиента, этому клиенту, этим клиентом, этой компании, этой компанией, эту компанию, the same client, same client, this client, that client, эта сделка, эту сделку, этой сделке, этой сделки, this deal, that deal, the deal, этот документ, this document",
  we: "мы, нас, нам, нами, наш, наша, наше, наши, наших, нашей, нашего, our, we, us, ours",
  everybody:
    "anything, something, anyone, someone, все, всех, всё, всем, всего, вся, всю, all, every, everything, every one, everyone, any",
  // money and measure
  budget:
    "сумма, сумму, сумме, суммой, бюджет, бюджета, бюджетом, цена, стоимость, amount, budget, sum, worth, price, value, стоимостью, ценой, ценник, чек, worth of, priced",
  reason:
    "причина, причину, причине, потому что, так как, из-за, because, reason, due to, since they, поскольку, ибо, из-за того что, since, as they, owing to",
  percent: "процент, процентов, процента, percent, pct",
  "asks-which":
    "какой, какая, какое, какие, каких, каким, какую, which, what, кто, кому, who, whom, чей, чья, чье, whose, каком, какому, какими",
  "asks-how-many": "сколько, скока, how many, how much, кол-во",
  "asks-how": "как, how",
  "asks-where": "где, куда, where",
  "asks-when": "когда, when",
  "asks-who": "кто, кому, who, whom, чей, чья, чье, whose",
  "asks-why": "почему, зачем, отчего, why",
  "asks-what": "что, чего, чем, чё, че, чо, what, о чем, о чём, про что",
};

/** Function words and politeness: never a name, and nothing follows from them. */
export const plain: Vocabulary = {
  preposition:
    "в, во, на, с, со, у, от, до, по, о, об, обо, про, для, к, ко, из, изо, за, под, над, при, через, между, без, около, после, перед, насчет, касательно, относительно, at, in, on, of, for, with, to, from, by, about, into, onto, over, between, under, above, after, before, during, regarding, re, per, since, until, till, within, than, via, as, against, around, through, out",
  comparative:
    "vs, versus, против, больше, более, свыше, дороже, выше, крупнее, меньше, менее, дешевле, ниже, минимум, максимум, over, under, above, below, least, exceeding, bigger, smaller, larger, cheaper, чем, хуже, худший, worst, worse, better, доля, доли, share, примерно, около, порядка, где-то, приблизительно, от силы, roughly, approximately, approx, around",
  paper:
    "кп, счет, счета, счёт, предложение, коммерческое, презентация, прайс, прайс-лист, акт, акты, накладная, накладную, письмо, invoice, offer, proposal, quote, quotation, presentation, price list, letter, образцы, samples, отгрузка, отгрузку, доставка, поставка, приемка, отсрочка, shipping, delivery, shipment, договоренность, прайсик, каталог, каталоги, документы, спецификацию, счет-фактура, счёт-фактуру, оплата, оплату, оплаты, платеж, платежи, предоплата, предоплату, аванс, скан, сканы, оригинал, оригиналы, payment, prepayment, catalogue, catalog, paperwork",
  everyday:
    "получить, получил, получили, получаем, взять, взял, дать, дали, идти, пойти, стать, стал, знать, знаю, думать, думаю, платить, платит, заплатить, заплатил, купить, просить, просит, просили, ждать, ждем, ждет, стоит, стоить, стоят, нужно-ли, хватает, решить, решил, понять, понял, узнать, сменить пароль, помнить, помню, уйти, прийти, приехать, ехать, везти, привезти, отвезти, забрать, забирать, выдать, выдаем, выдавать, подать, подписать, подписали, подписывать, проверить, провести, вернуть, вернули, согласовать, согласовали, согласовывать, утвердить, утвердили, позвонить, перезвонить, созвониться, написать, встретиться, подготовить, отправить, выслать, выставить, обсудить, уточнить, сообщить, передать, заказать, начать, начали, закончить, работа, работы, работе, жизнь, человек, люди, людей, время, времени, места, место, город, слово, слова, раза, часть, вид, виды, способ, пример, причина, результат, результаты, итог, итоги, сайт, сайта, офис, офисе, звонка, праздник, праздники, праздников, выходные, выходных, зарплата, погода, погоду, анекдот, стих, receive, received, take, took, given, come, came, pay, pays, paid, wait, waits, waiting, think, remember, bring, pick, sign, signed, signing, prepare, visit, arrive, deliver, use, using, keep, people, person, time, place, city, office, site, website, weather, joke, poem, result, results, prefer, prefers",
  unit: "тонна, тонн, тонны, кг, килограмм, метр, метров, м2, м3, куб, кубов, литр, литров, упаковка, упаковок, коробка, коробок, паллета, паллет, пачка, пачек, рулон, рулонов, мешок, мешков, tons, tonnes, kg, kilos, meters, metres, liters, litres, boxes, pallets, packs",
  role: "директор, бухгалтер, бухгалтерия, секретарь, руководитель, начальник, гендиректор, снабженец, закупщик, главный, director, accountant, ceo, boss, chief, менеджеры, сотрудники, логист, юрист, юристы, кладовщик, инженер, зам, заместитель, секретаря, lawyer, engineer, secretary, assistant, cfo, cto, sales team",
  and: "и, а, но, да, или, либо, потом, затем, также, тоже, плюс, ещё, еще, заодно, then, and, or, but, also, plus, too, as well, besides, кроме того, after that, после этого",
  filler:
    "хм, хмм, гм, эх, ой, ох, ага, угу, ммм, hm, hmm, uh, um, erm, oh, ah, же, ли, ль, бы, ка, вот, ну, так, уже, там, тут, здесь, сюда, вообще, пожалуйста, плиз, пжлст, пжл, пж, пожалуйста, срочно, быстро, быстренько, сейчас, щас, теперь, пока, опять, снова, можно, можешь, можете, могу, могли, надо, нужно, нужен, нужна, нужны, хочу, хотел, хотела, хотим, хотелось, давай, давайте, есть, был, была, было, были, будет, будут, быть, который, которая, которые, которое, которым, которых, которой, чтобы, чтоб, если, ведь, ага, слушай, слыш, смотри, скажи, сказать, расскажи, рассказать, подскажи, подскажите, напиши, ответь, интересно, именно, примерно, сам, сама, сами, себя, себе, такой, такая, такие, этот, эта, эти, это, этот, тот, та, те, того, тому, той, тех, том, ту, весь, всего, раз, хоть, даже, ничего, никого, какой-то, какую-то, какого-то, какой-нибудь, какие-нибудь, что-то, что-нибудь, тебя, тебе, ты, вы, вас, вам, ваш, один, одну, уж, типа, go, goes, going, went, gone, gross, net, валовая, чистая, короче, блин, the, a, an, is, are, was, were, be, been, am, do, did, does, done, has, have, had, having, can, could, would, will, should, shall, may, might, must, please, pls, plz, kindly, now, there, here, this, that, these, those, so, ok, okay, well, hey, just, really, want, need, needs, like, like to, let, let's, lets, tell, say, says, said, ask, if, whether, some, more, most, much, many, still, yet, already, again, up, down, off, you, your, yours, quick, quickly, asap, urgently, currently, gonna, know, i'd, i'll, i'm, we're, what's, it's, that's, they're, =called, =named, under the name, под названием, по имени, зовут, называется, название, названием, имя, name, title, номер, number, no, id, г, гг, т, д, др, шт, штук, etc, общий, общая, общие, всякий, разный, свой, свою, своим, наименование, вкратце, кратко, коротко, подробно, подробнее, полностью, целиком, актуальный, актуальные, хорошо, конечно, кстати, минуту, сначала, сперва, first of all, together, total, overall, итого, суммарно, вместе, каждый, each, нормально, много, мало, достаточно, несколько, немного, побольше, куча, кучу, вроде, кажется, видимо, наверное, наверно, возможно, скорее, ладно, братан, друг, дружище, коллеги, коллега, plenty, enough, few, lots, lot, bit, couple of, kind of, maybe, perhaps, probably, guys, man, buddy, thing, things, stuff, штука, штуку, штуки, штучек, история-то, также, чисто, реально, прям, прямо, прямо-таки, аж, пару слов, момент, вопрос, вопросик, прошу, просьба, помоги, помогите, help me, нету, имеем, имеется, have got, got, get, gets, make it, сделайте, глянь-ка, скинь, скиньте, пришли, отдельно, заново, потихоньку, последовательно, целом, общем, принципе, in general, in total, altogether, exactly, actually, basically, recently, lately, недавно, сейчас же, сегодняшний день, to date, вчерашний, кого, кем, ком, кому-то, кого-то, деньги, денег, деньгам, money",
};
