/* builder.h - events of one sort into the columns of a segment.
 *
 * Layout column: the record's fields in order, as [flags varint: bits of
 * spoor_layout_flag] then for each field [column id varint << 2 | spoor_field_role].
 * A name that occurs once is a plain value of its column; one that occurs
 * twice, or a Data without a name, is one MULTI value. */
#ifndef SPOOR_STORE_BUILDER_H
#define SPOOR_STORE_BUILDER_H

#include "store/column.h"
#include "store/names.h"

typedef enum spoor_layout_flag {
    SPOOR_LAYOUT_HAS_EVENTDATA = 1,
    SPOOR_LAYOUT_IS_USERDATA = 2, /* the fields are the leaves of RawEventData */
} spoor_layout_flag;

typedef enum spoor_field_role {
    SPOOR_ROLE_NAMED,
    SPOOR_ROLE_UNNAMED, /* in column "Data" */
    SPOOR_ROLE_BINARY,  /* the Binary element, in column "Binary" */
} spoor_field_role;

struct spoor_layout;

typedef struct spoor_builder {
    spoor_names *names; /* borrowed */
    spoor_str provider; /* owned */
    int64_t event_id;
    bool is_mixed, is_variant;
    bool failed; /* out of memory */
    uint32_t rows;
    spoor_build_column system[SPOOR_COL_NSTORED]; /* those with a name */
    spoor_build_column **members;                 /* owned, each */
    uint32_t nmembers, members_capacity;

    spoor_bytes stage; /* texts of the rows not yet entered */
    uint32_t nstaged_rows;
    struct spoor_layout **layouts; /* by hash; owned */
    uint32_t nlayouts, nlayout_slots;
    struct spoor_layout *last_layout;

    int64_t min_time, max_time; /* min > max: none */
    int64_t first_row;
    size_t counted_bytes; /* spoor_builder_bytes() when the writer last asked */
    uint32_t old_rows;    /* the first ones, from sources that have ended: set by the writer */
} spoor_builder;

spoor_builder *spoor_builder_new(spoor_names *names, spoor_str provider, int64_t event_id);
void spoor_builder_free(spoor_builder *builder);
/* false: out of memory. `message` takes the place of the event's. */
bool spoor_builder_add(spoor_builder *builder, const spoor_event *event, int64_t row,
                       spoor_str message);
void spoor_builder_flush(spoor_builder *builder); /* what is staged into the columns */
/* Append all rows of another (flushed) builder. */
bool spoor_builder_append(spoor_builder *builder, spoor_builder *other);
/* NULL: not there. */
spoor_build_column *spoor_builder_member(spoor_builder *builder, uint32_t id);
/* Find or add, absent in all rows so far; NULL: out of memory. */
spoor_build_column *spoor_builder_member_add(spoor_builder *builder, uint32_t id);
/* Allocated; distinct text entered. */
size_t spoor_builder_bytes(const spoor_builder *builder);
size_t spoor_builder_text_bytes(const spoor_builder *builder);

#endif
