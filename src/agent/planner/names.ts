import { stem } from "../../text/names.js";
import { caseAfter, toNominative, type Case } from "./declension.js";
import { keyOf, type Word } from "./words.js";

/** Words that nobody has told us of, standing together: the name of a client, a person, an item, or nothing of the kind. */
export interface Phrase {
  /** As written, without the legal form and quotation marks. */
  readonly text: string;
  readonly nominative: string;
  /** With its legal form. */
  readonly full: string;
  readonly from: number;
  readonly to: number;
  /** The preposition before it, or nothing. */
  readonly preposition: string;
  /** What the word before it (and before its preposition) stands for: "deal", "client", "warehouse". */
  readonly lead: ReadonlySet<string>;
  /** What the word behind it stands for. */
  readonly next: ReadonlySet<string>;
  readonly quoted: boolean;
  readonly capital: boolean;
  readonly legal: boolean;
  /** Begins with a given name. */
  readonly person: boolean;
}

const legalForms = /^(ооо|оао|зао|пао|ао|ип|тд|тк|гк|нко|чп|llc|inc|ltd|gmbh|corp|co)$/;
const verbs = /(ться|тся|ешь|ишь|ете|ают|яют|уют|или|али|яли|ели|\p{L}{3}[аеиоуыя]ть|йти|зти)$/u;
const pastTense = /[аиыяоеу](?:л|ла|ло|лся|лась|лось|лись)$/;
/** Capitals that head a request even in an English title: "Ironwood Deals" are deals, "Ironwood Group" is a company. */
const tradeWords = ["deal", "sales", "stock", "history", "task", "note", "lead", "document"];
const joins = /^[-&+/–]$/;
const given = new Set(
  (
    "александр алексей анатолий андрей антон аркадий артем артур богдан борис вадим валентин валерий василий виктор виталий владимир владислав всеволод вячеслав геннадий георгий герман глеб григорий даниил денис дмитрий евгений егор иван игорь илья кирилл константин лев леонид максим марат марк матвей михаил никита николай олег павел петр ринат роман руслан семен сергей станислав степан тимофей тимур федор эдуард юрий яков ярослав ростислав мстислав святослав радик ильдар марсель айдар азамат камиль ренат альберт арсений архип афанасий вениамин викентий герасим гордей демид добрыня евсей ефим захар игнат измаил иннокентий иосиф исаак карл клим кузьма лазарь лука макар матвей мирон назар остап платон прохор родион савелий севастьян соломон спартак тарас терентий устин федот филипп харитон эльдар юлиан вова витя толя костя гена слава стас влад рома женя валера гриша федя петя вася леша алеша юра боря " +
    "рита тоня лида зина клава тома гоша саня сеня степа алина алла алиса анастасия ангелина анна антонина валентина валерия варвара вера вероника виктория галина дарья диана евгения екатерина елена елизавета жанна зоя инна ирина карина кира кристина ксения лариса лидия лилия любовь людмила маргарита марина мария милана надежда наталья наталия нина оксана ольга полина раиса регина римма светлана софья софия таисия тамара татьяна ульяна эльвира эмма юлия яна саша зинаида агата ада аделина алевтина альбина анжела анфиса ариадна ася белла богдана василиса венера виолетта влада гульнара дана дина ева злата зульфия ильмира инга инесса карина клара лада лейла лия люция майя мадина марианна марта мира нелли ника нонна роза роксана руфина сабина снежана стелла фаина эвелина элина элла эльмира юлиана яна настасья соня оля ира надя люба галя вика юля ксюша маша катя лена таня света паша дима леша сережа миша коля вова настя даша " +
    "john jane kate mary peter paul anna boris vera mike michael david james robert william tom thomas sarah emma olivia jack daniel alex alice bob charles chris emily george grace harry helen henry julia laura linda lisa mark martin nick oliver richard sam simon sophie steve susan victoria andrew anthony barbara betty brian carol catherine christina diana donald dorothy edward elizabeth eric frank gary gregory hannah ian jason jennifer jessica joan joe jonathan joseph joshua karen keith kevin laurence lucy margaret maria marie matthew megan melissa nancy natalie nicole patricia patrick peggy rachel rebecca robin ronald ruth ryan samuel sandra scott sharon simone sophia stephanie stephen tim tina tony vincent walter wendy zoe ben dan dave greg jim ken liz matt rob ron ted"
  )
    .split(" ")
    .map((one) => stem(one)),
);

export function isGivenName(word: string): boolean {
  return word.length <= 20 && given.has(stem(keyOf(word).replace(/(?<=слав)(?:а|у|ом|е)$/, "")));
}

/** All phrases among the words, those at `taken` places left out. */
export function findPhrases(words: readonly Word[], taken: ReadonlySet<number>, text: string, accusative: boolean): Phrase[] {
  const found: Phrase[] = [];
  for (let at = 0; at < words.length; at++) {
    if (!belongs(words, at, taken)) continue;
    let to = at + 1;
    while (to < words.length && goesOn(words, to, at, taken)) to++;
    found.push(phraseOf(words, at, to, text, accusative));
    at = to - 1;
  }
  return found;
}

function belongs(words: readonly Word[], at: number, taken: ReadonlySet<number>): boolean {
  const word = words[at];
  if (!word || taken.has(at)) return false;
  if (word.kind === "number") return /\p{L}/u.test(word.text) || word.quoted;
  if (word.kind === "mark") return false;
  if (word.quoted || word.means.size === 0) return word.quoted || word.capital || !verbs.test(word.key);
  // "Первый Завод", "Дельта Плюс": a common word with a capital inside a sentence, beside a name. English writes more capitals than names.
  const common = /[А-ЯЁ]/.test(word.text) || [...word.means].every((one) => /^(ordinal|number|new|filler|next|month)/.test(one));
  const before = words[at - 1];
  const company =
    /^[A-Z]/.test(word.text) && before?.capital === true && before.means.size === 0 && !tradeWords.some((one) => word.means.has(one));
  const beside = [words[at - 1], words[at + 1]].some((other) => other?.capital && other.means.size === 0);
  return (common || company) && word.capital && at > 0 && words[at - 1]?.kind === "word" && beside;
}

function goesOn(words: readonly Word[], at: number, start: number, taken: ReadonlySet<number>): boolean {
  const word = words[at];
  const before = words[at - 1];
  if (!word || !before || taken.has(at)) return false;
  if (before.quoted && !word.quoted && word.kind === "word" && start < at) return false;
  if (before.quoted && word.kind === "mark" && isQuote(word)) return false;
  if (word.kind === "mark") {
    if (isQuote(word) && legalForms.test(before.key)) return belongs(words, at + 1, taken);
    return (
      ((joins.test(word.text) && word.from === before.to && words[at + 1]?.from === word.to) ||
        (word.text === "&" && !before.quoted) ||
        (word.quoted && before.quoted)) &&
      at + 1 < words.length &&
      belongs(words, at + 1, taken)
    );
  }
  if (word.quoted && !before.quoted && !(before.kind === "mark" && isQuote(before))) return false;
  // "Завод 25", "труба 20": a number belongs to the name before it.
  if (word.kind === "number") return /^\d{1,4}$/.test(word.text) || /\p{L}/u.test(word.text) || /^\d+[.,]\d+$/.test(word.text);
  // "на складе Левобережный герметика": a warehouse has its name, and goods stand behind it.
  if (before.capital && !word.capital && !word.quoted && words[start - 1]?.means.has("warehouse")) return false;
  // "Сокол оплатил": a name does not go on with a verb.
  if (before.capital && !before.quoted && !word.capital && (pastTense.test(word.key) || /^[a-z]/.test(word.text))) return false;
  // English names are capitals throughout: "visit Blue Harbor" is a verb and a name, "cable VVG" one item.
  if (/^[a-z]/.test(before.text) && /^[A-Z][a-z]/.test(word.text)) return false;
  return belongs(words, at, taken);
}

function isQuote(word: Word | undefined): boolean {
  return /^[«»“”„"]$/.test(word?.text ?? "");
}

function phraseOf(words: readonly Word[], from: number, to: number, text: string, accusative: boolean): Phrase {
  const own = words.slice(from, to).filter((word) => !isQuote(word));
  const named = own.filter((word) => !legalForms.test(word.key));
  const kept = named.length > 0 ? named : own;
  const first = kept[0];
  const last = kept.at(-1);
  const written = first && last ? text.slice(first.from, last.to).replace(/['’]s?$/, "") : "";
  let before = from - 1;
  while (before >= 0 && isQuote(words[before])) before--;
  const prepositional = words[before]?.means.has("preposition") ?? false;
  const preposition = prepositional ? (words[before]?.key ?? "") : "";
  let lead = prepositional ? before - 1 : before;
  while (lead > 0 && (words[lead]?.key === "the" || words[lead]?.key === "a" || words[lead]?.key === ":" || words[lead]?.means.has("we")))
    lead--;
  const leads = words[lead]?.means ?? new Set<string>();
  const quoted = kept.every((word) => word.quoted);
  const said = quoted ? "unknown" : caseOf(preposition, leads, accusative);
  return {
    text: written,
    nominative: toNominative(written, said),
    full: text.slice(words[from]?.from ?? 0, words[to - 1]?.to ?? 0),
    from: isQuote(words[from - 1]) ? from - 1 : from,
    to,
    preposition,
    lead: leads,
    next: words[to]?.means ?? new Set<string>(),
    quoted,
    capital: kept.some((word) => word.capital),
    legal: own.some((word) => legalForms.test(word.key)),
    person: first !== undefined && isGivenName(first.text),
  };
}

function caseOf(preposition: string, lead: ReadonlySet<string>, accusative: boolean): Case {
  if (preposition !== "") return caseAfter(preposition);
  if (lead.size === 0) return accusative ? "accusative" : "unknown";
  if (lead.has("client") || lead.has("company")) return "unknown";
  if (["deal", "history", "sales", "contact", "note", "owner", "requisites", "role", "phone", "mail", "inn"].some((one) => lead.has(one)))
    return "genitive";
  return accusative ? "accusative" : "dative";
}
