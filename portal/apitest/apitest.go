// Package apitest holds answers of the public API against the OpenAPI document that the site serves. It is for tests only.
package apitest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A Document is the OpenAPI document as it was served.
type Document struct {
	paths   map[string]any
	schemas *jsonschema.Compiler
}

const resource = "mem:openapi"

// Read reads a document.
func Read(body []byte) (*Document, error) {
	text, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	document, _ := text.(map[string]any)
	paths, ok := document["paths"].(map[string]any)
	if !ok || document["openapi"] != "3.1.0" {
		return nil, fmt.Errorf("apitest: no OpenAPI 3.1 document")
	}
	d := &Document{paths, jsonschema.NewCompiler()}
	return d, d.schemas.AddResource(resource, document)
}

// Routes are all routes, as GET /api/v1/funds/{code}.
func (d *Document) Routes() (routes []string) {
	for path, item := range d.paths {
		for method := range item.(map[string]any) {
			routes = append(routes, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(routes)
	return routes
}

// Check holds an answer against the document: its route, status, type and body must be in it.
func (d *Document) Check(method, path string, status int, contentType string, body []byte) error {
	route, responses, err := d.route(strings.ToLower(method), path)
	if err != nil {
		return err
	}
	code := strconv.Itoa(status)
	if responses[code] == nil {
		code = "default"
	}
	content, _ := responses[code].(map[string]any)["content"].(map[string]any)
	if content == nil {
		if len(body) > 0 {
			return fmt.Errorf("apitest: %s %s: %d has a body", method, route, status)
		}
		return nil
	}
	media, _, _ := strings.Cut(contentType, ";")
	if content[media] == nil {
		return fmt.Errorf("apitest: %s %s answers %d as %q, which is not in the document", method, route, status, media)
	}
	pointer := resource + "#/paths"
	for _, key := range []string{route, strings.ToLower(method), "responses", code, "content", media, "schema"} {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
	}
	schema, err := d.schemas.Compile(pointer)
	if err != nil {
		return err
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("apitest: %s %s: %w", method, route, err)
	}
	if err := schema.Validate(instance); err != nil {
		return fmt.Errorf("apitest: %s %s: %w", method, route, err)
	}
	return nil
}

// route finds the route of an address: one without parameters before one with.
func (d *Document) route(method, path string) (route string, responses map[string]any, err error) {
	path, _, _ = strings.Cut(path, "?")
	for _, route := range slices.Sorted(maps.Keys(d.paths)) {
		operation, ok := d.paths[route].(map[string]any)[method].(map[string]any)
		if ok && fits(route, path) {
			return route, operation["responses"].(map[string]any), nil
		}
	}
	return "", nil, fmt.Errorf("apitest: %s %s is not in the document", method, path)
}

func fits(route, path string) bool {
	want, is := strings.Split(route, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, is, func(w, i string) bool { return w == i || strings.HasPrefix(w, "{") && i != "" })
}
