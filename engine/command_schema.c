/* command_schema.c - `.show table T schema`, `.show database schema`: queries over getschema, so that what
 * they say of a view is what binding it says. */
#include "engine/command_schema.h"

#include "parser/parse.h"

static spoor_ast *parse_text(spoor_arena *arena, spoor_str text, spoor_diags *diags) {
    uint32_t source = spoor_diags_add_source(diags, (spoor_source){.name = ".show", .text = text});
    spoor_ast *query = spoor_parse(arena, text, (spoor_parse_options){.source = source}, diags);
    return query != NULL ? query->first : NULL;
}

/* A name that stands in ['...'] as it is. */
static bool is_plain(spoor_str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c == '\'' || c == '"' || c == '\\' || (unsigned char)c < 0x20) {
            return false;
        }
    }
    return name.len > 0;
}

spoor_ast *spoor_command_table_schema(spoor_arena *arena, spoor_str name, bool as_json,
                                      spoor_span span, spoor_diags *diags) {
    if (!is_plain(name)) {
        spoor_fail(diags, span, "expected the name of a table");
        return NULL;
    }
    static const char text[] =
        "['%.*s'] | getschema | summarize Columns = make_list(strcat(ColumnName, ':', "
        "ColumnType)), "
        "Bags = make_list(bag_pack('Name', ColumnName, 'Type', DataType, 'CslType', ColumnType)) "
        "| project TableName = '%.*s', Schema = %s, DatabaseName = 'spoor', Folder = '', DocString "
        "= ''";
    const char *schema = as_json ? "tostring(bag_pack('Name', '%.*s', 'OrderedColumns', Bags))"
                                 : "strcat_array(Columns, ',')";
    spoor_str named = as_json ? spoor_arena_format(arena, schema, (int)name.len, name.ptr)
                              : spoor_str_from(schema);
    named = spoor_arena_str(arena, named);
    return parse_text(arena,
                      spoor_arena_format(arena, text, (int)name.len, name.ptr, (int)name.len,
                                         name.ptr, named.ptr),
                      diags);
}

spoor_ast *spoor_command_database_schema(spoor_arena *arena, spoor_catalog *catalog, bool as_json,
                                         spoor_diags *diags) {
    spoor_str legs = {"", 0};
    const spoor_stored_function *f;
    for (size_t i = 0; (f = catalog->function_at(catalog, i)) != NULL; i++) {
        if (f->is_view && is_plain(f->name)) {
            int len = (int)f->name.len;
            legs = spoor_arena_format(
                arena, "%.*s%s(['%.*s'] | getschema | extend TableName = '%.*s')", (int)legs.len,
                legs.ptr, legs.len > 0 ? ", " : "", len, f->name.ptr, len, f->name.ptr);
        }
    }
    static const char rows[] =
        "union isfuzzy=true %.*s | project DatabaseName = 'spoor', TableName, ColumnName, "
        "ColumnType = DataType, IsDefaultTable = false, IsDefaultColumn = false, "
        "PrettyName = 'spoor', Version = '', Folder = '', DocString = ''";
    static const char json[] =
        "union isfuzzy=true %.*s | summarize Columns = make_list(bag_pack('Name', ColumnName, "
        "'Type', DataType, 'CslType', ColumnType)) by TableName "
        "| summarize Tables = make_bag(bag_pack(TableName, bag_pack('Name', TableName, "
        "'OrderedColumns', Columns))) "
        "| project DatabaseSchema = tostring(bag_pack('Databases', bag_pack('spoor', "
        "bag_pack('Name', 'spoor', 'Tables', Tables))))";
    return parse_text(
        arena, spoor_arena_format(arena, as_json ? json : rows, (int)legs.len, legs.ptr), diags);
}
