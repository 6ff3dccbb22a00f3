package portal

import (
	"reflect"
	"strings"
	"time"
)

// schemaOf describes a type as JSON Schema, from the very struct that is sent: the two cannot part. Named structs are
// described once, among defs.
func schemaOf(t reflect.Type, defs map[string]any) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		inner := schemaOf(t.Elem(), defs)
		if kind, ok := inner["type"].(string); ok {
			inner["type"] = []string{kind, "null"}
			return inner
		}
		return map[string]any{"anyOf": []any{inner, map[string]any{"type": "null"}}}
	case t.Kind() == reflect.Struct:
		name := schemaName(t)
		if _, described := defs[name]; !described {
			defs[name] = nil // a type that holds itself stops here
			defs[name] = objectOf(t, defs)
		}
		return map[string]any{"$ref": "#/components/schemas/" + name}
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), defs)}
	case t.Kind() == reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), defs)}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case t.Kind() == reflect.String:
		return map[string]any{"type": "string"}
	}
	return map[string]any{"type": "integer"} // there are no fractions: money is in fen
}

func schemaName(t reflect.Type) string {
	name := strings.TrimPrefix(t.Name(), "api")
	return strings.ToUpper(name[:1]) + name[1:]
}

// objectOf describes a struct: nothing that it does not name may be in it.
func objectOf(t reflect.Type, defs map[string]any) map[string]any {
	properties, required := map[string]any{}, []string{}
	var fields func(reflect.Type)
	fields = func(t reflect.Type) {
		for f := range t.Fields() {
			if f.Anonymous {
				fields(f.Type)
				continue
			}
			name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
			properties[name] = schemaOf(f.Type, defs)
			if option != "omitempty" {
				required = append(required, name)
			}
		}
	}
	fields(t)
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}
