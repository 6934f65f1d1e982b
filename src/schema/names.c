/* SPDX-License-Identifier: MIT */
/* See names.h. The rules are those of docs/schema.md, in the order given there; each rule is one line of a table or one
 * branch. Letters are ASCII letters: a name with any other byte has no words. */
#include "schema/names.h"

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_word_character(char c) { return is_upper(c) || is_lower(c) || is_digit(c); }

static char to_lower(char c) { return is_upper(c) ? (char)(c + ('a' - 'A')) : c; }

static char to_upper(char c) { return is_lower(c) ? (char)(c - ('a' - 'A')) : c; }

/* ---- words ---- */

static bool is_ascii(fq_slice name) {
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.ptr[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

static fq_slice normalized_word(fq_arena *arena, fq_slice word) {
    for (size_t i = 0; i < word.len; i++) {
        if (is_lower(word.ptr[i])) {
            return word;
        }
    }
    char *lowered = fq_arena_cstr(arena, word);
    for (size_t i = 0; i < word.len; i++) {
        lowered[i] = to_lower(lowered[i]);
    }
    return fq_slice_of(lowered, word.len);
}

fq_words fq_words_of(fq_arena *arena, fq_slice name) {
    fq_words words = {.count = 0, .underscore = name.len > 0 && name.ptr[0] == '_'};
    if (!is_ascii(name)) {
        return words;
    }
    for (size_t i = 0; i < name.len;) {
        size_t start = i;
        while (i < name.len && is_word_character(name.ptr[i])) {
            i++;
        }
        if (i == start) {
            i++;
            continue;
        }
        if (words.count == FQ_WORDS_MAX) {
            words.count = 0;
            return words;
        }
        words.items[words.count++] = normalized_word(arena, fq_slice_sub(name, start, i));
    }
    return words;
}

static fq_slice joined(fq_arena *arena, const fq_words *words, bool capital_first) {
    if (words->count == 0) {
        return fq_slice_of("", 0);
    }
    size_t len = 1;
    for (uint32_t i = 0; i < words->count; i++) {
        len += words->items[i].len;
    }
    char *name = fq_arena_alloc(arena, len);
    char *end = name;
    if (words->underscore || is_digit(words->items[0].ptr[0])) {
        *end++ = '_';
    }
    for (uint32_t i = 0; i < words->count; i++) {
        fq_slice word = words->items[i];
        memcpy(end, word.ptr, word.len);
        *end = i > 0 || capital_first ? to_upper(*end) : to_lower(*end);
        end += word.len;
    }
    return fq_slice_of(name, (size_t)(end - name));
}

fq_slice fq_words_camel(fq_arena *arena, const fq_words *words) { return joined(arena, words, false); }

fq_slice fq_words_pascal(fq_arena *arena, const fq_words *words) { return joined(arena, words, true); }

fq_slice fq_name_camel(fq_arena *arena, fq_slice name) {
    fq_words words = fq_words_of(arena, name);
    return fq_words_camel(arena, &words);
}

fq_slice fq_name_pascal(fq_arena *arena, fq_slice name) {
    fq_words words = fq_words_of(arena, name);
    return fq_words_pascal(arena, &words);
}

/* The index of the letter that decides the case: behind one leading underscore. */
static size_t first_letter(fq_slice name) { return name.len > 1 && name.ptr[0] == '_' ? 1 : 0; }

fq_slice fq_name_decapitalized(fq_arena *arena, fq_slice name) {
    char *copy = fq_arena_cstr(arena, name);
    size_t at = first_letter(name);
    copy[at] = to_lower(copy[at]);
    return fq_slice_of(copy, name.len);
}

fq_slice fq_name_capitalized(fq_arena *arena, fq_slice name) {
    char *copy = fq_arena_cstr(arena, name);
    size_t at = first_letter(name);
    copy[at] = to_upper(copy[at]);
    return fq_slice_of(copy, name.len);
}

fq_slice fq_name_snake(fq_arena *arena, fq_slice name) {
    char *snake = fq_arena_alloc(arena, name.len * 2 + 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool starts_word = is_upper(c) && i > 0 && name.ptr[i - 1] != '_' &&
                           (!is_upper(name.ptr[i - 1]) || (i + 1 < name.len && is_lower(name.ptr[i + 1])));
        if (starts_word) {
            snake[len++] = '_';
        }
        snake[len++] = to_lower(c);
    }
    return fq_slice_of(snake, len);
}

/* ---- number ---- */

typedef struct word_pair {
    fq_slice singular;
    fq_slice plural;
} word_pair;

static const word_pair irregular[] = {
    {FQ_S_INIT("person"), FQ_S_INIT("people")},   {FQ_S_INIT("man"), FQ_S_INIT("men")},
    {FQ_S_INIT("woman"), FQ_S_INIT("women")},     {FQ_S_INIT("child"), FQ_S_INIT("children")},
    {FQ_S_INIT("mouse"), FQ_S_INIT("mice")},      {FQ_S_INIT("foot"), FQ_S_INIT("feet")},
    {FQ_S_INIT("tooth"), FQ_S_INIT("teeth")},     {FQ_S_INIT("criterion"), FQ_S_INIT("criteria")},
    {FQ_S_INIT("index"), FQ_S_INIT("indices")},   {FQ_S_INIT("vertex"), FQ_S_INIT("vertices")},
    {FQ_S_INIT("matrix"), FQ_S_INIT("matrices")}, {FQ_S_INIT("analysis"), FQ_S_INIT("analyses")},
    {FQ_S_INIT("quiz"), FQ_S_INIT("quizzes")},    {FQ_S_INIT("movie"), FQ_S_INIT("movies")},
    {FQ_S_INIT("cookie"), FQ_S_INIT("cookies")},  {FQ_S_INIT("tie"), FQ_S_INIT("ties")},
    {FQ_S_INIT("cache"), FQ_S_INIT("caches")},    {FQ_S_INIT("use"), FQ_S_INIT("uses")},
};

static const fq_slice unchanged[] = {
    FQ_S_INIT("news"),     FQ_S_INIT("series"), FQ_S_INIT("species"),   FQ_S_INIT("alias"), FQ_S_INIT("atlas"),
    FQ_S_INIT("bias"),     FQ_S_INIT("canvas"), FQ_S_INIT("gas"),       FQ_S_INIT("lens"),  FQ_S_INIT("data"),
    FQ_S_INIT("metadata"), FQ_S_INIT("media"),  FQ_S_INIT("equipment"),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool equal_ignoring_case(fq_slice a, fq_slice b) {
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (to_lower(a.ptr[i]) != to_lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool ends_with(fq_slice word, const char *suffix) {
    size_t len = strlen(suffix);
    return word.len >= len &&
           equal_ignoring_case(fq_slice_sub(word, word.len - len, word.len), fq_slice_of(suffix, len));
}

static bool is_consonant(char c) {
    c = to_lower(c);
    return is_lower(c) && strchr("aeiou", c) == NULL;
}

/* Whether the character `back` places before the end is a consonant. */
static bool consonant_before(fq_slice word, size_t back) {
    return word.len > back && is_consonant(word.ptr[word.len - back - 1]);
}

/* The words of `SalesPeople` can not be split (inner capitals stay), but its number sits in `People`. */
static size_t last_hump(fq_slice word) {
    for (size_t i = word.len; i-- > 1;) {
        if (is_upper(word.ptr[i]) && !is_upper(word.ptr[i - 1])) {
            return i;
        }
    }
    return 0;
}

static bool is_unchanged(fq_slice word) {
    for (size_t i = 0; i < COUNT(unchanged); i++) {
        if (equal_ignoring_case(word, unchanged[i])) {
            return true;
        }
    }
    return false;
}

/* `word` with its last `drop` characters replaced. */
static fq_slice with_ending(fq_arena *arena, fq_slice word, size_t drop, const char *ending) {
    return fq_arena_printf(arena, "%.*s%s", (int)(word.len - drop), word.ptr, ending);
}

/* `to` in the place of `from`, with its capital. */
static fq_slice in_the_case_of(fq_arena *arena, fq_slice to, fq_slice from) {
    return is_upper(from.ptr[0]) ? fq_name_capitalized(arena, to) : to;
}

static fq_slice singular_of(fq_arena *arena, fq_slice word) {
    for (size_t i = 0; i < COUNT(irregular); i++) {
        if (equal_ignoring_case(word, irregular[i].singular)) {
            return word;
        }
        if (equal_ignoring_case(word, irregular[i].plural)) {
            return in_the_case_of(arena, irregular[i].singular, word);
        }
    }
    if (ends_with(word, "ss") || ends_with(word, "us") || ends_with(word, "is") || is_unchanged(word)) {
        return word;
    }
    if (ends_with(word, "es") && is_unchanged(fq_slice_sub(word, 0, word.len - 2))) {
        return fq_slice_sub(word, 0, word.len - 2);
    }
    if (ends_with(word, "ies") && consonant_before(word, 3)) {
        return with_ending(arena, word, 3, "y");
    }
    if (ends_with(word, "xes") || ends_with(word, "ches") || ends_with(word, "shes") || ends_with(word, "sses")) {
        return fq_slice_sub(word, 0, word.len - 2);
    }
    if (ends_with(word, "uses") && word.len > 4 && strchr("aeoAEO", word.ptr[word.len - 5]) == NULL) {
        return fq_slice_sub(word, 0, word.len - 2);
    }
    if (ends_with(word, "s") && word.len > 1) {
        return fq_slice_sub(word, 0, word.len - 1);
    }
    return word;
}

static fq_slice plural_of(fq_arena *arena, fq_slice word) {
    for (size_t i = 0; i < COUNT(irregular); i++) {
        if (equal_ignoring_case(word, irregular[i].singular)) {
            return in_the_case_of(arena, irregular[i].plural, word);
        }
    }
    if (ends_with(word, "y") && consonant_before(word, 1)) {
        return with_ending(arena, word, 1, "ies");
    }
    if (ends_with(word, "s") || ends_with(word, "x") || ends_with(word, "z") || ends_with(word, "ch") ||
        ends_with(word, "sh")) {
        return with_ending(arena, word, 0, "es");
    }
    return with_ending(arena, word, 0, "s");
}

static void change_last_hump(fq_arena *arena, fq_words *words, fq_slice (*change)(fq_arena *, fq_slice)) {
    if (words->count == 0) {
        return;
    }
    fq_slice *word = &words->items[words->count - 1];
    size_t at = last_hump(*word);
    fq_slice changed = change(arena, fq_slice_sub(*word, at, word->len));
    *word = fq_arena_printf(arena, "%.*s%.*s", (int)at, word->ptr, FQ_PRI(changed));
}

void fq_words_singularize(fq_arena *arena, fq_words *words) { change_last_hump(arena, words, singular_of); }

void fq_words_pluralize(fq_arena *arena, fq_words *words) {
    fq_words_singularize(arena, words);
    change_last_hump(arena, words, plural_of);
}

/* ---- enum labels and legality ---- */

static bool is_name_character(char c) { return is_word_character(c) || c == '_'; }

bool fq_name_is_legal(fq_slice name) {
    if (name.len == 0 || is_digit(name.ptr[0]) || fq_slice_starts_with(name, FQ_S("__"))) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (!is_name_character(name.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool is_reserved_value(fq_slice name) {
    return fq_slice_equal(name, FQ_S("true")) || fq_slice_equal(name, FQ_S("false")) ||
           fq_slice_equal(name, FQ_S("null"));
}

fq_slice fq_name_enum_value(fq_arena *arena, fq_slice label) {
    if (fq_name_is_legal(label) && !is_reserved_value(label)) {
        return label;
    }
    char *name = fq_arena_alloc(arena, label.len + 2);
    size_t start = 1; /* room for an underscore */
    size_t end = 1;
    for (size_t i = 0; i < label.len; i++) {
        bool continues_character = ((unsigned char)label.ptr[i] & 0xC0) == 0x80;
        if (!continues_character) {
            name[end++] = is_name_character(label.ptr[i]) ? label.ptr[i] : '_';
        }
    }
    while (end - start >= 2 && name[start] == '_' && name[start + 1] == '_') {
        start++; /* two leading underscores belong to introspection */
    }
    fq_slice legal = fq_slice_of(name + start, end - start);
    if (legal.len == 0 || is_digit(legal.ptr[0]) || is_reserved_value(legal)) {
        name[--start] = '_';
    }
    return fq_slice_of(name + start, end - start);
}
