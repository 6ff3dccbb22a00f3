package ingest

// Private tells what a text that somebody may read holds of what may never be shown: 身份证号, 电话 or 账号 (CEL-11). Empty
// when nothing. It is for reasons and opinions that officers write.
func Private(text string) string { return private(text) }
