-- The words that stand in passages, each once: what a misspelt word may have been. Comparing letters with these short rows costs
-- a thousandth of comparing them with whole passages.
drop index passages_trigrams;
create table passage_words (word text primary key);
create index passage_words_letters on passage_words using gin (word gin_trgm_ops);
